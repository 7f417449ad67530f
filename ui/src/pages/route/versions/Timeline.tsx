import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { RelativeTime } from "@/ui/Values";
import type { Entry } from "./history";
import type { Version } from "./queries";

type Props = {
  entries: readonly Entry[];
  /** Ids of the two that are compared. */
  shown: readonly string[];
  onCompare: (version: Version) => void;
  /** Absent for who may not deploy. */
  onDeploy?: ((version: Version) => void) | undefined;
  liveNumber: number | undefined;
};

/** Who made and who deployed what, and when: newest first. */
export function Timeline({ entries, shown, onCompare, onDeploy, liveNumber }: Props) {
  return (
    <ol className="tl">
      {entries.map((it) =>
        it.kind === "version" ? (
          <li
            key={it.version.version_id}
            className="tl-version"
            data-live={it.live}
            data-shown={shown.includes(it.version.version_id)}
          >
            <p className="tl-head">
              <strong>Version {it.version.number}</strong>
              {it.live && <Badge tone="good">Live</Badge>}
              {!it.version.is_valid && <Badge tone="bad">Has errors</Badge>}
              <Who by={it.version.created_by} at={it.at} />
            </p>
            {it.version.comment && <p>{it.version.comment}</p>}
            <p className="tl-tools">
              <Button
                look="quiet"
                aria-label={`Compare version ${it.version.number}`}
                onClick={() => onCompare(it.version)}
              >
                Compare
              </Button>
              {onDeploy && !it.live && (
                <Button
                  look="quiet"
                  aria-label={`${verb(it.version, liveNumber)} version ${it.version.number}…`}
                  onClick={() => onDeploy(it.version)}
                >
                  {verb(it.version, liveNumber)}…
                </Button>
              )}
            </p>
          </li>
        ) : (
          <li key={it.deployment.deployment_id} className="tl-deployment" data-live={it.live}>
            <p className="tl-head">
              <span>
                {it.rollback ? "Rolled back to" : "Deployed"}{" "}
                {it.version ? `version ${it.version.number}` : <code>{it.deployment.version_id}</code>}
              </span>
              <Who by={it.deployment.created_by} at={it.at} />
            </p>
            {it.deployment.comment && it.deployment.comment !== it.version?.comment && (
              <p>{it.deployment.comment}</p>
            )}
          </li>
        ),
      )}
    </ol>
  );
}

function verb({ number }: Version, live: number | undefined): string {
  return live !== undefined && number < live ? "Roll back to" : "Deploy";
}

function Who({ by, at }: { by: string; at: string }) {
  return (
    <span className="soft tl-who">
      {by}, <RelativeTime time={at} />
    </span>
  );
}
