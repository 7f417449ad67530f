/** What the server says of a graph, put where it belongs: on an element, on one of its outputs, or on the whole. */
import { type Doc, type Key, keyed } from "./document";
import { edgeId } from "./nodes";

/** An entry of `errors` or `messages`, as far as it concerns a graph. */
export type Entry = {
  readonly code: number;
  readonly message: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly problem?:
    | { readonly code: string; readonly element?: string | null | undefined; readonly severity: string }
    | null
    | undefined;
};

export type Severity = "error" | "warning";

export type GraphProblem = {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** The element, when it is about one. */
  readonly element: Key | undefined;
  /** The output, when it is about one. */
  readonly output: string | undefined;
  /** What follows below the element: `["properties", "limit"]`. */
  readonly path: readonly (string | number)[];
};

export type Problems = {
  readonly all: readonly GraphProblem[];
  readonly byElement: ReadonlyMap<Key, readonly GraphProblem[]>;
  /** By `edgeId`. Those that lead nowhere have an entry too; the slot shows it. */
  readonly byEdge: ReadonlyMap<string, readonly GraphProblem[]>;
  /** About the whole graph. */
  readonly general: readonly GraphProblem[];
};

/** `doc` is the document that the server was asked about: paths count its elements. */
export function place(doc: Doc, entries: readonly Entry[]): Problems {
  const keys = keyed(doc);
  return sorted(entries.flatMap((it) => (it.problem ? [locate(keys, it)] : [])));
}

/** With more of them, from elsewhere. */
export function withMore(problems: Problems, more: readonly GraphProblem[]): Problems {
  return sorted([...more, ...problems.all]);
}

function sorted(all: GraphProblem[]): Problems {
  all.sort((a, b) => Number(b.severity === "error") - Number(a.severity === "error"));
  const byElement = new Map<Key, GraphProblem[]>();
  const byEdge = new Map<string, GraphProblem[]>();
  for (const it of all) {
    if (it.element === undefined) continue;
    push(byElement, it.element, it);
    if (it.output !== undefined) push(byEdge, edgeId(it.element, it.output), it);
  }
  return { all, byElement, byEdge, general: all.filter((it) => it.element === undefined) };
}

/** Of several the worst; `undefined` for none. */
export function worst(problems: readonly GraphProblem[] | undefined): Severity | undefined {
  if (problems === undefined || problems.length === 0) return undefined;
  return problems.some((it) => it.severity === "error") ? "error" : "warning";
}

/** The sentence where it does not stand at its field: one that is only "Required" needs the property's name. */
export function told({ message, path }: GraphProblem): string {
  const name = path[0] === "properties" ? path[1] : undefined;
  return name === undefined || message.includes("`") ? message : `\`${name}\`: ${message}`;
}

/** Those of one property, for the field that shows it; `names` are its names on the wire. */
export function ofProperty(problems: readonly GraphProblem[] | undefined, ...names: string[]) {
  return (problems ?? []).filter((it) => it.path[0] === "properties" && names.includes(String(it.path[1])));
}

function locate(keys: readonly (readonly [Key, { readonly id: string }])[], entry: Entry): GraphProblem {
  const [body, elements, index, ...below] = entry.path ?? [];
  const byPath = body === "body" && elements === "elements" && typeof index === "number";
  const named = entry.problem?.element;
  const element = byPath ? keys[index]?.[0] : keys.find(([, it]) => it.id === named)?.[0];
  const path = byPath ? below : [];
  return {
    code: entry.problem?.code ?? String(entry.code),
    severity: entry.problem?.severity === "warning" ? "warning" : "error",
    message: entry.message,
    element,
    output: path[0] === "outputs" && path[1] !== undefined ? String(path[1]) : undefined,
    path,
  };
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const there = map.get(key);
  if (there === undefined) map.set(key, [value]);
  else there.push(value);
}
