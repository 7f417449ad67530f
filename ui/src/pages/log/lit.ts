/** What a path lights on a graph. Pure. */
import type { Highlight } from "@/canvas/types";
import type { Key } from "@/graph/document";
import { edgeId } from "@/graph/nodes";

type Passed = { readonly element: string; readonly outcome: string };

/** The elements passed and the outputs taken; nothing of an empty path. */
export function walked(path: readonly Passed[]): Highlight | undefined {
  if (path.length === 0) return undefined;
  return {
    elements: new Set<Key>(path.map((it) => it.element)),
    edges: new Set(path.map((it) => edgeId(it.element, it.outcome))),
  };
}
