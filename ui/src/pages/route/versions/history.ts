/** Versions and deployments in one line of time, newest first. Pure. */
import type { Deployment, Version } from "./queries";

export type Entry =
  | { readonly kind: "version"; readonly at: string; readonly version: Version; readonly live: boolean }
  | {
      readonly kind: "deployment";
      readonly at: string;
      readonly deployment: Deployment;
      /** `undefined` when its version is not loaded. */
      readonly version: Version | undefined;
      /** An older version than the one that was live before it. */
      readonly rollback: boolean;
      readonly live: boolean;
    };

type Loaded = {
  readonly versions: readonly Version[];
  readonly deployments: readonly Deployment[];
  /** Whether there are older ones that are not loaded. */
  readonly more: { readonly versions: boolean; readonly deployments: boolean };
  /** The deployment that serves. */
  readonly live: Deployment | undefined;
};

export function timeline({ versions, deployments, more, live }: Loaded): readonly Entry[] {
  const byId = new Map(versions.map((it) => [it.version_id, it]));
  const made = versions.map((version): Entry => {
    return {
      kind: "version",
      at: version.created_at,
      version,
      live: version.version_id === live?.version_id,
    };
  });
  const deployed = deployments.map((deployment, i): Entry => {
    const [version, before] = [deployment, deployments[i + 1]].map((it) => it && byId.get(it.version_id));
    const rollback = version !== undefined && before !== undefined && version.number < before.number;
    const current = deployment.deployment_id === live?.deployment_id;
    return { kind: "deployment", at: deployment.created_at, deployment, version, rollback, live: current };
  });
  // Of a list that goes on, what is older than its last loaded entry may have others before it.
  const floors = [
    more.versions ? versions.at(-1)?.created_at : undefined,
    more.deployments ? deployments.at(-1)?.created_at : undefined,
  ].flatMap((it) => (it === undefined ? [] : [time(it)]));
  const floor = Math.max(Number.NEGATIVE_INFINITY, ...floors);
  // A version and its deployment may have one time: the deployment came after.
  return [...deployed, ...made].filter((it) => time(it.at) >= floor).sort((a, b) => time(b.at) - time(a.at));
}

function time(text: string): number {
  return new Date(text).getTime();
}

/** The version that was live before: what a rollback goes to. */
export function previous(
  deployments: readonly Deployment[],
  live: Deployment | undefined,
): string | undefined {
  const at = deployments.findIndex((it) => it.deployment_id === live?.deployment_id);
  if (at < 0) return undefined;
  return deployments.slice(at + 1).find((it) => it.version_id !== live?.version_id)?.version_id;
}
