/** From the sums of a route's outputs to what its graph shows. Pure. */
import type { Figure, Highlight } from "@/canvas/types";
import { type Doc, type Key, outputs } from "@/graph/document";
import { edgeId } from "@/graph/nodes";
import { count, duration, money, portion } from "@/ui/format";

type Percentiles = { readonly p50: number; readonly p90: number; readonly p95: number; readonly p99: number };

export type Sums = {
  readonly requests: number;
  readonly errors: number;
  readonly cost: number;
  readonly cached: number;
  readonly unpriced_requests: number;
  readonly tokens_in: number;
  readonly tokens_out: number;
  readonly duration?: Percentiles | null;
  readonly first_token?: Percentiles | null;
};

export type Edge = Sums & {
  readonly version: string;
  readonly element: string;
  /** `end`, `failed`, `left` or `refused` where none was taken. */
  readonly output: string;
  readonly own?: { readonly requests: number; readonly duration?: Percentiles | null } | null;
};

export const MEASURES = ["requests", "share", "errors", "p50", "p99", "cost"] as const;
export type Measure = (typeof MEASURES)[number];

/** Short: edges are. */
export function label(measure: Measure, sums: Sums, total: Sums): string {
  if (measure === "requests") return count(sums.requests);
  if (measure === "share") return portion(sums.requests, total.requests);
  if (measure === "errors") return portion(sums.errors, sums.requests);
  if (measure === "cost") return money(sums.cost);
  return sums.duration ? duration(sums.duration[measure]) : "–";
}

/** Everything about an output in one sentence. */
export function sentence(edge: Sums, total: Sums): string {
  const parts = [
    `${count(edge.requests)} requests, ${portion(edge.requests, total.requests)} of all`,
    `${portion(edge.errors, edge.requests)} failed`,
    ...(edge.duration ? [`p50 ${duration(edge.duration.p50)}, p99 ${duration(edge.duration.p99)}`] : []),
    money(edge.cost),
  ];
  return parts.join("; ");
}

/** From one request in twenty on, errors colour an edge. */
const MANY = 0.05;

function tone(sums: Sums): Partial<Pick<Figure, "tone">> {
  if (sums.requests === 0 || sums.errors === 0) return {};
  return { tone: sums.errors / sums.requests >= MANY ? "bad" : "warn" };
}

export type Picture = {
  readonly edges: ReadonlyMap<string, Figure>;
  readonly elements: ReadonlyMap<Key, Figure>;
  /** What had requests: the rest is dimmed. Nothing when nothing had. */
  readonly lit: Highlight | undefined;
};

/** `edges` are of the version that `doc` is. */
export function picture(doc: Doc, edges: readonly Edge[], total: Sums, measure: Measure): Picture {
  const known = new Set(doc.flatMap((it) => outputs(it).map(([name]) => edgeId(it.id, name))));
  const figures = new Map<string, Figure>();
  const elements = new Map<Key, Figure>();
  const lit = { elements: new Set<Key>(), edges: new Set<string>() };
  for (const it of edges) {
    if (it.requests === 0) continue;
    lit.elements.add(it.element);
    const id = edgeId(it.element, it.output);
    if (!known.has(id)) continue;
    lit.edges.add(id);
    const weight = total.requests === 0 ? 0 : it.requests / total.requests;
    const title = sentence(it, total);
    figures.set(id, { weight, label: label(measure, it, total), title, ...tone(it) });
  }
  for (const element of doc) {
    const mine = edges.filter((it) => it.element === element.id && it.requests > 0);
    const words = notes(mine, known);
    if (words !== undefined) elements.set(element.id, words);
  }
  return { edges: figures, elements, lit: lit.elements.size === 0 ? undefined : lit };
}

/** Below an element: what ended there badly, and how long its own calls took. */
function notes(mine: readonly Edge[], known: ReadonlySet<string>): Figure | undefined {
  const ended = mine.filter((it) => it.output !== "end" && !known.has(edgeId(it.element, it.output)));
  const own = mine.find((it) => it.own?.duration)?.own;
  const parts = [
    ...ended.map((it) => `${count(it.requests)} ${ENDS.get(it.output) ?? it.output}`),
    ...(own?.duration ? [`calls ${duration(own.duration.p50)} · ${duration(own.duration.p99)}`] : []),
  ];
  if (parts.length === 0) return undefined;
  const title = own?.duration
    ? `${parts.join("; ")}: its own calls took p50 ${duration(own.duration.p50)}, p99 ${duration(own.duration.p99)}`
    : parts.join("; ");
  return { label: parts.join(" · "), title, ...(ended.length > 0 ? { tone: "bad" as const } : {}) };
}

const ENDS = new Map([
  ["failed", "ended here: the model failed"],
  ["left", "ended here: the caller left"],
  ["refused", "were refused here"],
]);

/** The outputs in the order of the graph, those without requests included, for the table beneath. */
export function rows(
  doc: Doc,
  edges: readonly Edge[],
): readonly { element: string; output: string; sums: Edge | undefined }[] {
  const found = new Map(edges.map((it) => [edgeId(it.element, it.output), it]));
  const drawn = doc.flatMap((element) =>
    outputs(element).map(([output]) => ({
      element: element.id,
      output,
      sums: found.get(edgeId(element.id, output)),
    })),
  );
  const shown = new Set(drawn.map((it) => edgeId(it.element, it.output)));
  const others = edges
    .filter((it) => !shown.has(edgeId(it.element, it.output)) && it.output !== "end")
    .map((it) => ({ element: it.element, output: it.output, sums: it }));
  return [...drawn, ...others];
}
