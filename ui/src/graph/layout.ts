/** Automatic layout: left to right in layers (dagre), snapped to the canvas's grid. The same document always gives the same places. */
import dagre from "@dagrejs/dagre";
import { type Doc, type Element, type Key, keyed, outputs, type Point, position } from "./document";
import { type Kind, kindOf, slots } from "./kinds";

/** The canvas's grid. */
export const GRID = 16;
/** The size of a node follows from what it shows: the canvas draws it so, and nothing is measured. */
export const WIDTH = 216;
/** Of those that show only their name. */
const SMALL = 144;
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

export function width(element: Element): number {
  const kind = kindOf(element.type);
  return kind === "start" || kind === "end" ? SMALL : WIDTH;
}

export function height(element: Element): number {
  const kind = kindOf(element.type);
  return HEAD + (kind === undefined ? UNKNOWN : BODY[kind]) + SLOT * slots(element).length + 2;
}

/** A place for every element, whatever it says of its own. Loops and outputs that lead nowhere are no obstacle. */
export function layout(doc: Doc): ReadonlyMap<Key, Point> {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", ranker: "tight-tree", nodesep: 32, ranksep: 56, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  const all = keyed(doc);
  // dagre gets numbers for names: ids such as `__proto__` are ours to bear, not its.
  const numbers = new Map(all.map(([key], i) => [key, String(i)]));
  for (const [key, element] of all) {
    graph.setNode(numbers.get(key) ?? "", { width: width(element), height: height(element) });
  }
  for (const { from, to, name } of guiding(doc)) {
    graph.setEdge(numbers.get(from) ?? "", numbers.get(to) ?? "", {}, name);
  }
  dagre.layout(graph);
  const places = new Map<Key, Point>();
  for (const [key] of all) {
    const it = graph.node(numbers.get(key) ?? "");
    places.set(key, { x: snap((it.x ?? 0) - it.width / 2), y: snap((it.y ?? 0) - it.height / 2) });
  }
  return places;
}

type Edge = { readonly from: Key; readonly to: Key; readonly name: string };

/** Layers that an edge may span and still count for the order of what it crosses. */
const SPAN = 3;

/**
 * The edges that the layout follows. One that spans many layers costs the layout a stand-in in each of them, so that a chain whose
 * every element also leads to the end would take it seconds; it is left out where a shorter one leads to the same element.
 */
function guiding(doc: Doc): readonly Edge[] {
  const ids = new Set(doc.map((it) => it.id));
  const edges = keyed(doc).flatMap(([from, it]) =>
    outputs(it).flatMap(([name, to]) => (to !== undefined && ids.has(to) ? [{ from, to, name }] : [])),
  );
  const layers = depths(edges);
  const span = ({ from, to }: Edge) => (layers.get(to) ?? 0) - (layers.get(from) ?? 0);
  const nearest = new Map<Key, Edge>();
  for (const edge of edges) {
    const best = nearest.get(edge.to);
    if (best === undefined || Math.abs(span(edge)) < Math.abs(span(best))) nearest.set(edge.to, edge);
  }
  return edges.filter((it) => Math.abs(span(it)) <= SPAN || nearest.get(it.to) === it);
}

/** By the longest way to each element, in edges; those of a loop have the depth of where it was entered. */
function depths(edges: readonly Edge[]): ReadonlyMap<Key, number> {
  const into = new Map<Key, Key[]>();
  for (const { from, to } of edges) into.set(to, [...(into.get(to) ?? []), from]);
  const found = new Map<Key, number>();
  const depth = (key: Key): number => {
    const known = found.get(key);
    if (known !== undefined) return known;
    found.set(key, 0);
    const deepest = (into.get(key) ?? []).reduce((most, it) => Math.max(most, depth(it) + 1), 0);
    found.set(key, deepest);
    return deepest;
  };
  for (const { from, to } of edges) {
    depth(from);
    depth(to);
  }
  return found;
}

const placed = new WeakMap<Doc, ReadonlyMap<Key, Point>>();

/** Places for those that do not say where they stand: as laid out, beside what the others say. */
export function missing(doc: Doc): ReadonlyMap<Key, Point> {
  const known = placed.get(doc) ?? lacking(doc);
  placed.set(doc, known);
  return known;
}

function lacking(doc: Doc): ReadonlyMap<Key, Point> {
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
