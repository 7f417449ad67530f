import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { asProblem } from "@/api/problem";
import { useMay } from "@/session/context";
import { Button } from "@/ui/Button";
import { EmptyState, ErrorState, Skeleton } from "@/ui/States";
import { toast } from "@/ui/toasts";
import { useRoute } from "../context";
import { useDraft, useDraftStore } from "../draft/context";
import { type Choice, Compare } from "./Compare";
import { previous, timeline } from "./history";
import { deploy, deployments, graphOf, refresh, type Version, versions } from "./queries";
import { type Cargo, ShipDialog } from "./ShipDialog";
import { Timeline } from "./Timeline";
import "./versions.css";

const DRAFT = "draft";

export default function VersionsTab() {
  const { at, route } = useRoute();
  const made = useInfiniteQuery(versions(at));
  const deployed = useInfiniteQuery(deployments(at));
  const failed = made.error ?? deployed.error;
  const all = useMemo(() => made.data?.pages.flat() ?? [], [made.data]);
  const acts = useMemo(() => deployed.data?.pages.flat() ?? [], [deployed.data]);
  const older = made.hasNextPage || deployed.hasNextPage;
  if (made.data === undefined || deployed.data === undefined) {
    if (failed === null) return <Skeleton />;
    const retry = () => Promise.all([made.refetch(), deployed.refetch()]);
    return <ErrorState error={failed} retry={() => void retry()} />;
  }
  const entries = timeline({
    versions: all,
    deployments: acts,
    more: { versions: made.hasNextPage, deployments: deployed.hasNextPage },
    live: route.deployment ?? undefined,
  });
  const showOlder = () => {
    if (made.hasNextPage) void made.fetchNextPage();
    if (deployed.hasNextPage) void deployed.fetchNextPage();
  };
  return (
    <Shown
      versions={all}
      back={previous(acts, route.deployment ?? undefined)}
      entries={entries}
      older={
        older && (
          <Button busy={made.isFetchingNextPage || deployed.isFetchingNextPage} onClick={showOlder}>
            Show older
          </Button>
        )
      }
    />
  );
}

type Shown = {
  versions: readonly Version[];
  /** The version that was live before. */
  back: string | undefined;
  entries: ReturnType<typeof timeline>;
  older: React.ReactNode;
};

function Shown({ versions: all, back, entries, older }: Shown) {
  const { route } = useRoute();
  const store = useDraftStore();
  const document = useDraft((it) => it.document);
  const errors = useDraft((it) => it.problems.all.filter((problem) => problem.severity === "error").length);
  const mayWrite = useMay("write");
  const [cargo, setCargo] = useState<Cargo>();
  const [pair, setPair] = useState<readonly [string, string]>();
  const choices = useMemo(
    () => choicesOf(all, document, route.deployment?.version_id),
    [all, document, route],
  );
  const live = choices.find((it) => it.id === route.deployment?.version_id);
  const [from, to] = pair ?? [live?.id ?? choices[1]?.id ?? DRAFT, DRAFT];
  const shipDraft = async () => {
    await store.flush();
    setCargo({ label: "Draft", doc: store.get().document, version: undefined, errors });
  };
  const shipVersion = (it: Version) =>
    setCargo({ label: `Version ${it.number}`, doc: graphOf(it), version: it.version_id, errors: 0 });
  return (
    <div className="versions">
      <div className="versions-line">
        {mayWrite && (
          <div className="versions-tools">
            <Button look="primary" onClick={() => void shipDraft()}>
              Ship the draft
            </Button>
            {back !== undefined && (
              <RollBack
                id={back}
                to={all.find((it) => it.version_id === back)}
                from={all.find((it) => it.version_id === live?.id)}
              />
            )}
          </div>
        )}
        {entries.length === 0 ? (
          <EmptyState title="No versions yet">
            A version is a graph that does not change any more. Make one of the draft.
          </EmptyState>
        ) : (
          <Timeline
            entries={entries}
            shown={[from, to]}
            onCompare={(it) => setPair(compared(it, live?.id))}
            onDeploy={mayWrite ? shipVersion : undefined}
            liveNumber={route.version?.number}
          />
        )}
        {older}
      </div>
      <Compare choices={choices} from={from} to={to} onChange={(a, b) => setPair([a, b])} />
      {cargo && <ShipDialog cargo={cargo} live={live} onClose={() => setCargo(undefined)} />}
    </div>
  );
}

/** A version against what is live; what is live against the draft. */
function compared(it: Version, live: string | undefined): readonly [string, string] {
  return live === undefined || it.version_id === live ? [it.version_id, DRAFT] : [live, it.version_id];
}

function choicesOf(
  all: readonly Version[],
  draft: Choice["doc"],
  live: string | undefined,
): readonly Choice[] {
  const of = (it: Version): Choice => {
    const label = `Version ${it.number}${it.version_id === live ? " (live)" : ""}`;
    return { id: it.version_id, label, doc: graphOf(it) };
  };
  return [{ id: DRAFT, label: "Draft", doc: draft }, ...all.map(of)];
}

/** One click, because it is pressed in a hurry; deploying the other version again undoes it. */
function RollBack({ id, to, from }: { id: string; to: Version | undefined; from: Version | undefined }) {
  const { at, route } = useRoute();
  const client = useQueryClient();
  const name = to === undefined ? "the version before" : `version ${to.number}`;
  const again = to !== undefined && from !== undefined && to.number > from.number;
  const back = useMutation({
    mutationFn: () => {
      const comment = from === undefined ? "Rollback" : `Rollback from version ${from.number}`;
      return deploy(at, id, { comment: again ? "" : comment, ifMatch: route.etag });
    },
    onSuccess: () => toast(`Live again: ${name}.`),
    onError: (thrown) => {
      const problem = asProblem(thrown);
      const words = problem.stale
        ? "Somebody else changed the route in the meantime: look at what is live now."
        : problem.besides([]).join(" ");
      toast(`Not deployed. ${words}`, "bad");
    },
    onSettled: () => refresh(client, at),
  });
  return (
    <Button busy={back.isPending} onClick={() => back.mutate()}>
      {again ? `Deploy ${name} again` : `Roll back to ${name}`}
    </Button>
  );
}
