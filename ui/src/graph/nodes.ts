/** A document as nodes and edges of the canvas, and back. */
import { type Doc, type Element, type Key, keyed, outputs, type Point, position } from "./document";
import { isObject, member, sameJson, withMember, without } from "./json";
import { type Kind, kindOf, slots } from "./kinds";

export type GraphNode = {
  readonly id: Key;
  /** The kind, or `unknown`. */
  readonly type: Kind | "unknown";
  readonly position: Point;
  readonly data: { readonly element: Element; readonly slots: readonly string[] };
};

export type GraphEdge = {
  readonly id: string;
  readonly source: Key;
  readonly sourceHandle: string;
  readonly target: Key;
};

export type Graph = { readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] };

/** An edge's id: stable while its source and output have their names, wherever it leads. */
export function edgeId(source: Key, output: string): string {
  return JSON.stringify([source, output]);
}

/** Ids of all outputs, those that lead nowhere and those that are only shown (`slots`) included. */
export function allEdges(doc: Doc): ReadonlySet<string> {
  return new Set(keyed(doc).flatMap(([key, it]) => slots(it).map((name) => edgeId(key, name))));
}

/** The reverse of `edgeId`. */
export function edgeOf(id: string): { readonly source: Key; readonly output: string } | undefined {
  const found: unknown = JSON.parse(id);
  if (!Array.isArray(found)) return undefined;
  const [source, output] = found;
  return typeof source === "string" && typeof output === "string" ? { source, output } : undefined;
}

/** `places` are for elements that do not say where they stand (`layout`). */
export function toGraph(doc: Doc, places: ReadonlyMap<Key, Point> = new Map()): Graph {
  const nodes: GraphNode[] = [];
  const edges: GraphEdge[] = [];
  const ids = new Set(doc.map((it) => it.id));
  for (const [key, element] of keyed(doc)) {
    nodes.push({
      id: key,
      type: kindOf(element.type) ?? "unknown",
      position: position(element) ?? places.get(key) ?? { x: 0, y: 0 },
      data: { element, slots: slots(element) },
    });
    for (const [name, to] of outputs(element)) {
      // An id names the first element that has it, so this is that element's key.
      if (to === undefined || !ids.has(to)) continue;
      edges.push({ id: edgeId(key, name), source: key, sourceHandle: name, target: to });
    }
  }
  return { nodes, edges };
}

/**
 * The document that nodes and edges show. What the canvas does not draw (unknown members, outputs that lead nowhere) stays; a
 * position is written only where the node was moved from where its element, or `places`, puts it.
 */
export function toDoc(graph: Graph, places: ReadonlyMap<Key, Point> = new Map()): Doc {
  const ids = new Map(graph.nodes.map((it) => [it.id, it.data.element.id]));
  const known = new Set(ids.values());
  return graph.nodes.map((node) => {
    const element = node.data.element;
    const leads = new Map<string, string>();
    for (const edge of graph.edges) {
      const to = ids.get(edge.target);
      if (edge.source === node.id && to !== undefined) leads.set(edge.sourceHandle, to);
    }
    return placed(leading(element, leads, known), node, places);
  });
}

function leading(element: Element, leads: ReadonlyMap<string, string>, known: ReadonlySet<string>): Element {
  let result = element;
  for (const [name, to] of outputs(element)) {
    const drawn = to !== undefined && known.has(to);
    if (drawn && !leads.has(name)) result = lead(result, name, undefined);
  }
  for (const [name, to] of leads) result = lead(result, name, to);
  return result;
}

function placed(element: Element, node: GraphNode, places: ReadonlyMap<Key, Point>): Element {
  const from = position(element) ?? places.get(node.id) ?? { x: 0, y: 0 };
  return from.x === node.position.x && from.y === node.position.y ? element : at(element, node.position);
}

/** The element with an output that leads to `to`, or, when that is `undefined`, without the output. */
export function lead(element: Element, output: string, to: string | undefined): Element {
  const before = member(element, "outputs");
  const all = isObject(before) ? before : {};
  if (to === undefined) {
    return Object.hasOwn(all, output) ? withMember(element, "outputs", without(all, output)) : element;
  }
  const old = member(all, output);
  const next = withMember(isObject(old) ? old : {}, "elementId", to);
  return sameJson(old, next) ? element : withMember(element, "outputs", withMember(all, output, next));
}

/** The element at a place, what else its `position` says kept. */
export function at(element: Element, to: Point): Element {
  const old = member(element, "position");
  const base = isObject(old) ? old : {};
  return withMember(element, "position", withMember(withMember(base, "x", to.x), "y", to.y));
}
