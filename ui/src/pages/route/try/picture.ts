/** From a simulation, or from a call's path, to what the graph shows. Pure. */
import type { Figure, Highlight } from "@/canvas/types";
import type { Key } from "@/graph/document";
import { edgeId } from "@/graph/nodes";
import { walked } from "@/pages/log/lit";
import { count, portion } from "@/ui/format";

type Passed = { readonly element: string; readonly outcome: string };
type Distribution = {
  readonly draws: number;
  readonly edges: readonly { readonly element: string; readonly output: string; readonly count: number }[];
};

/** Counts of the draws on the edges. */
export function drawn(
  distribution: Distribution | null | undefined,
): ReadonlyMap<string, Figure> | undefined {
  if (!distribution || distribution.draws === 0) return undefined;
  return new Map(
    distribution.edges
      .filter((it) => it.count > 0)
      .map((it) => {
        const share = portion(it.count, distribution.draws);
        const figure: Figure = {
          weight: it.count / distribution.draws,
          label: share,
          title: `${count(it.count)} of ${count(distribution.draws)} draws, ${share}`,
        };
        return [edgeId(it.element, it.output), figure] as const;
      }),
  );
}

/** What was drawn is lit, not only the first draw. */
export function lit(
  path: readonly Passed[],
  distribution: Distribution | null | undefined,
): Highlight | undefined {
  const one = walked(path);
  if (one === undefined || !distribution || distribution.draws === 0) return one;
  const came = distribution.edges.filter((it) => it.count > 0);
  return {
    elements: new Set<Key>([...one.elements, ...came.map((it) => it.element)]),
    edges: new Set([...one.edges, ...came.map((it) => edgeId(it.element, it.output))]),
  };
}

const WHY = new Map([
  ["graph", "the only way"],
  ["request", "by the request"],
  ["draw", "by the dice"],
  ["assumption", "as you assume"],
  ["default", "assumed, unless you say otherwise"],
  ["gateway", "it cannot be called"],
]);

export function why(decidedBy: string): string {
  return WHY.get(decidedBy) ?? decidedBy;
}
