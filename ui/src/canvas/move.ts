/** Moving through a graph by keyboard: along edges with left and right, between an element's outputs with up and down. Pure. */
import { type Doc, find, type Key, keyed, outputs, position } from "@/graph/document";
import { slots } from "@/graph/kinds";
import { edgeId, edgeOf, toGraph } from "@/graph/nodes";
import { cursor } from "./model";
import { only, type Selection } from "./types";

export type Way = "left" | "right" | "up" | "down" | "first" | "last";

/** `from`: the element that was left to come here; going left leads back to it. */
export function moved(doc: Doc, at: Selection, way: Way, from?: Key): Selection | undefined {
  const key = cursor({ document: doc, selection: at });
  if (key === undefined) return undefined;
  // With nothing selected the first key only shows where one is.
  if (at.elements.size === 0) return only(key);
  switch (way) {
    case "right":
      return right(doc, key, outputOf(at, key));
    case "left":
      return outputOf(at, key) === undefined ? left(doc, key, from) : only(key);
    case "up":
    case "down":
      return along(doc, key, outputOf(at, key), way === "down" ? 1 : -1);
    case "first":
      return only(cursor({ document: doc, selection: only() }) ?? key);
    case "last": {
      const end = keyed(doc).findLast(([, it]) => it.type === "end");
      return only(end?.[0] ?? key);
    }
  }
}

/** The output of `key` that is selected. */
export function outputOf(at: Selection, key: Key): string | undefined {
  for (const id of at.edges) {
    const edge = edgeOf(id);
    if (edge?.source === key) return edge.output;
  }
  return undefined;
}

export function onOutput(key: Key, output: string): Selection {
  return { elements: new Set([key]), edges: new Set([edgeId(key, output)]) };
}

function right(doc: Doc, key: Key, output: string | undefined): Selection | undefined {
  const element = find(doc, key);
  if (element === undefined) return undefined;
  const ids = new Set(doc.map((it) => it.id));
  const to = new Map(outputs(element));
  const names = output === undefined ? slots(element) : [output];
  const name = names.find((it) => ids.has(to.get(it) ?? ""));
  const target = name === undefined ? undefined : to.get(name);
  return target === undefined ? undefined : only(target);
}

function left(doc: Doc, key: Key, from: Key | undefined): Selection | undefined {
  const sources = toGraph(doc)
    .edges.filter((it) => it.target === key)
    .map((it) => it.source);
  const source = from !== undefined && sources.includes(from) ? from : sources[0];
  return source === undefined ? undefined : only(source);
}

/** The element, then each of its outputs; beyond the last, or above the element, what stands next below or above on the canvas. */
function along(doc: Doc, key: Key, output: string | undefined, by: 1 | -1): Selection | undefined {
  const element = find(doc, key);
  if (element === undefined) return undefined;
  const all = [undefined, ...slots(element)];
  const next = all.indexOf(output) + by;
  if (next >= 0 && next < all.length) {
    const name = all[next];
    return name === undefined ? only(key) : onOutput(key, name);
  }
  return beside(doc, key, by);
}

function beside(doc: Doc, key: Key, by: 1 | -1): Selection | undefined {
  const here = position(find(doc, key) ?? { id: "", type: "" });
  if (here === undefined) return undefined;
  let best: { key: Key; distance: number } | undefined;
  for (const [other, it] of keyed(doc)) {
    const there = position(it);
    if (other === key || there === undefined) continue;
    const [dx, dy] = [Math.abs(there.x - here.x), (there.y - here.y) * by];
    if (dy <= 0 || dx > dy * 2) continue;
    const distance = dy + 2 * dx;
    if (best === undefined || distance < best.distance) best = { key: other, distance };
  }
  return best === undefined ? undefined : only(best.key);
}
