import { NOTHING, only, type Selection } from "@/canvas/types";
import { edgeId } from "@/graph/nodes";
import type { GraphProblem } from "@/graph/problems";

/** What to select to see where a problem is. */
export function placeOf(it: GraphProblem): Selection {
  if (it.element === undefined) return NOTHING;
  if (it.output === undefined) return only(it.element);
  return { elements: new Set([it.element]), edges: new Set([edgeId(it.element, it.output)]) };
}
