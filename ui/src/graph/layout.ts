/** Automatic layout: left to right in layers (dagre), snapped to the canvas's grid. The same document always gives the same places. */
import dagre from "@dagrejs/dagre";
import { type Doc, type Element, type Key, keyed, outputs, type Point, position } from "./document";
import { type Kind, kindOf, slots } from "./kinds";

/** The canvas's grid. */
export const GRID = 16;
/** Nodes are of one width, and of a height that follows from what they show: the canvas draws them so, and nothing is measured. */
export const WIDTH = 216;
const HEAD = 38;
const BODY: Readonly<Record<Kind, number>> = {
  start: 0,
  conditional: 54,
  percentage: 40,
  rate: 50,
  model: 50,
  end: 0,
};
const UNKNOWN = 28;
/** Of one output. */
export const SLOT = 26;

export function snap(value: number): number {
  // `+ 0`: never minus zero, which JSON writes as 0 and a comparison takes for something else.
  return Math.round(value / GRID) * GRID + 0;
}

export function height(element: Element): number {
  const kind = kindOf(element.type);
  return HEAD + (kind === undefined ? UNKNOWN : BODY[kind]) + SLOT * slots(element).length + 2;
}

/** A place for every element, whatever it says of its own. Loops and outputs that lead nowhere are no obstacle. */
export function layout(doc: Doc): ReadonlyMap<Key, Point> {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 32, ranksep: 64, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  const all = keyed(doc);
  // dagre gets numbers for names: ids such as `__proto__` are ours to bear, not its.
  const numbers = new Map(all.map(([key], i) => [key, String(i)]));
  for (const [key, element] of all) {
    graph.setNode(numbers.get(key) ?? "", { width: WIDTH, height: height(element) });
  }
  for (const [key, element] of all) {
    for (const [name, to] of outputs(element)) {
      const [from, target] = [numbers.get(key), to === undefined ? undefined : numbers.get(to)];
      if (from !== undefined && target !== undefined) graph.setEdge(from, target, {}, name);
    }
  }
  dagre.layout(graph);
  const places = new Map<Key, Point>();
  for (const [key] of all) {
    const it = graph.node(numbers.get(key) ?? "");
    places.set(key, { x: snap((it.x ?? 0) - it.width / 2), y: snap((it.y ?? 0) - it.height / 2) });
  }
  return places;
}

/** Places for those that do not say where they stand: as laid out, beside what the others say. */
export function missing(doc: Doc): ReadonlyMap<Key, Point> {
  const open = keyed(doc).filter(([, it]) => position(it) === undefined);
  if (open.length === 0) return new Map();
  const all = layout(doc);
  // Below everything that has its place, so that none is covered; a document without positions is simply laid out.
  const fixed = keyed(doc).flatMap(([, it]) => position(it) ?? []);
  const tops = open.map(([key]) => all.get(key)?.y ?? 0);
  const floor = fixed.length === 0 ? 0 : snap(Math.max(...fixed.map((it) => it.y)) + 160 - Math.min(...tops));
  return new Map(
    open.map(([key]) => {
      const to = all.get(key) ?? { x: 0, y: 0 };
      return [key, { x: to.x, y: to.y + floor }] as const;
    }),
  );
}
