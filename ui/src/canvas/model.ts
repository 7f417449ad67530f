/** A document as the canvas's nodes and edges. What did not change keeps its objects, so that only what did is drawn again. */
import type { Edge, Node } from "@xyflow/react";
import { type Doc, type Element, type Key, keyed } from "@/graph/document";
import { height, missing, width } from "@/graph/layout";
import { edgeId, toGraph } from "@/graph/nodes";
import { type Problems, type Severity, told, worst } from "@/graph/problems";
import type { Figure, Highlight, Mark, Marks, Selection } from "./types";

export type NodeData = {
  readonly element: Element;
  readonly slots: readonly string[];
  readonly severity: Severity | undefined;
  /** What is wrong, in the server's sentences. */
  readonly said: string | undefined;
  /** Outputs that have problems, that are selected, and that lead somewhere, as texts that can be compared. */
  readonly bad: string;
  readonly chosen: string;
  readonly led: string;
  readonly dim: boolean;
  readonly lit: boolean;
  readonly mark: Mark | undefined;
  readonly figure: Figure | undefined;
  readonly readOnly: boolean;
  /** Where the focus of the keyboard goes. */
  readonly current: boolean;
};
export type CanvasNode = Node<NodeData>;

export type EdgeData = {
  readonly severity: Severity | undefined;
  readonly dim: boolean;
  readonly lit: boolean;
  readonly mark: Mark | undefined;
  readonly figure: Figure | undefined;
};
export type CanvasEdge = Edge<EdgeData>;

export type Shown = {
  readonly document: Doc;
  readonly problems?: Problems | undefined;
  readonly highlight?: Highlight | undefined;
  readonly edgeData?: ReadonlyMap<string, Figure> | undefined;
  readonly nodeData?: ReadonlyMap<Key, Figure> | undefined;
  readonly marks?: Marks | undefined;
  readonly selection: Selection;
  readonly readOnly: boolean;
};

/** Output names within one text; no name holds the separator. */
const BETWEEN = "\u0000";
export function names(text: string): ReadonlySet<string> {
  return new Set(text === "" ? [] : text.split(BETWEEN));
}

export type Before = { readonly nodes: readonly CanvasNode[]; readonly edges: readonly CanvasEdge[] };

export function model(it: Shown, before: Before): { nodes: CanvasNode[]; edges: CanvasEdge[] } {
  const graph = toGraph(it.document, missing(it.document));
  const drawn = new Set(graph.edges.map((edge) => edge.id));
  const current = cursor(it);
  const oldNodes = new Map(before.nodes.map((node) => [node.id, node]));
  const oldEdges = new Map(before.edges.map((edge) => [edge.id, edge]));
  const nodes = graph.nodes.map((node): CanvasNode => {
    const { element, slots } = node.data;
    const problems = it.problems?.byElement.get(node.id);
    const listed = (test: (id: string) => boolean) =>
      slots.filter((name) => test(edgeId(node.id, name))).join(BETWEEN);
    const lit = it.highlight?.elements.has(node.id) ?? false;
    const fresh: CanvasNode = {
      id: node.id,
      type: node.type,
      position: node.position,
      width: width(element),
      height: height(element),
      selected: it.selection.elements.has(node.id),
      draggable: !it.readOnly,
      connectable: !it.readOnly,
      data: {
        element,
        slots: sameNames(slots, oldNodes.get(node.id)?.data.slots),
        severity: worst(problems),
        said: problems?.map(told).join("\n"),
        bad: listed((id) => it.problems?.byEdge.has(id) ?? false),
        chosen: listed((id) => it.selection.edges.has(id)),
        led: listed((id) => drawn.has(id)),
        dim: it.highlight !== undefined && !lit,
        lit,
        mark: it.marks?.elements.get(node.id),
        figure: it.nodeData?.get(node.id),
        readOnly: it.readOnly,
        current: node.id === current,
      },
    };
    return kept(oldNodes.get(node.id), fresh);
  });
  const edges = graph.edges.map((edge): CanvasEdge => {
    const lit = it.highlight?.edges.has(edge.id) ?? false;
    const fresh: CanvasEdge = {
      id: edge.id,
      type: "route",
      source: edge.source,
      sourceHandle: edge.sourceHandle,
      target: edge.target,
      selected: it.selection.edges.has(edge.id),
      data: {
        severity: worst(it.problems?.byEdge.get(edge.id)),
        dim: it.highlight !== undefined && !lit,
        lit,
        mark: it.marks?.edges.get(edge.id),
        figure: it.edgeData?.get(edge.id),
      },
    };
    return kept(oldEdges.get(edge.id), fresh);
  });
  return { nodes, edges };
}

/** The element that the Tab key leads to: the selected one, the start, or the first. */
export function cursor({ document, selection }: Pick<Shown, "document" | "selection">): Key | undefined {
  const [chosen] = selection.elements;
  if (chosen !== undefined) return chosen;
  const all = keyed(document);
  return (all.find(([, it]) => it.type === "start") ?? all[0])?.[0];
}

type Item = { readonly data?: object };

function kept<T extends Item>(old: T | undefined, fresh: T): T {
  if (old === undefined) return fresh;
  const data = same(old.data ?? {}, fresh.data ?? {}) ? old.data : fresh.data;
  const next: T = { ...old, ...fresh, data };
  return same(old, next) ? old : next;
}

function same(a: object, b: object): boolean {
  const other = new Map<string, unknown>(Object.entries(b));
  const entries = Object.entries(a);
  return entries.length === other.size && entries.every(([key, value]) => equal(value, other.get(key)));
}

/** Identity, but for positions, which `toGraph` makes anew. */
function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  return isPoint(a) && isPoint(b) && a.x === b.x && a.y === b.y;
}

function isPoint(it: unknown): it is { x: number; y: number } {
  return typeof it === "object" && it !== null && Object.keys(it).length === 2 && "x" in it && "y" in it;
}

function sameNames(fresh: readonly string[], old: readonly string[] | undefined): readonly string[] {
  return old !== undefined && old.length === fresh.length && old.every((it, i) => it === fresh[i])
    ? old
    : fresh;
}
