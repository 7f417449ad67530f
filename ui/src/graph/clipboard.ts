/** Copying parts of a graph, within a route and between routes, as text on the system's clipboard. */
import { type Doc, type Element, isDoc, type Key, keyed, outputs, position } from "./document";
import { freshId } from "./edit";
import { isObject, withMember } from "./json";
import { at, lead } from "./nodes";

/** What says that a text on the clipboard is ours. */
const MARK = "pointsman/elements";

/** The elements as text. Outputs that lead out of the selection are kept; pasting decides. */
export function copy(doc: Doc, keys: ReadonlySet<Key>): string {
  const elements = keyed(doc)
    .filter(([key]) => keys.has(key))
    .map(([, it]) => it);
  return JSON.stringify({ kind: MARK, elements }, null, 2);
}

/** The elements of a text: of `copy`, or a bare array of elements (the `elements` of a file). */
export function read(text: string): Doc | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const elements = isObject(value) && value.kind === MARK ? value.elements : value;
  return isDoc(elements) ? elements : undefined;
}

/**
 * Adds elements under ids that are free. Outputs between them follow to the copies; outputs to others stay when these are in the
 * document and go when not. A second `start` is left out, since a route has one. Positions are moved by `offset`.
 */
export function paste(doc: Doc, part: Doc, offset = 32): { doc: Doc; ids: readonly string[] } {
  const hasStart = doc.some((it) => it.type === "start");
  const added = part.filter((it) => !(hasStart && it.type === "start"));
  const taken = new Set(doc.map((it) => it.id));
  const there = new Set(taken);
  const renamed = new Map<string, string>();
  const ids = added.map((it) => {
    const id = freshId(taken, it.id);
    taken.add(id);
    if (!renamed.has(it.id)) renamed.set(it.id, id);
    return id;
  });
  const copies = added.map((it, i) =>
    moved(led(withMember(it, "id", ids[i] ?? it.id), renamed, there), offset),
  );
  return copies.length === 0 ? { doc, ids: [] } : { doc: [...doc, ...copies], ids };
}

/** Copies of elements beside themselves. */
export function duplicate(doc: Doc, keys: ReadonlySet<Key>): { doc: Doc; ids: readonly string[] } {
  return paste(
    doc,
    keyed(doc)
      .filter(([key]) => keys.has(key))
      .map(([, it]) => it),
  );
}

function led(element: Element, renamed: ReadonlyMap<string, string>, there: ReadonlySet<string>): Element {
  return outputs(element).reduce((it, [name, to]) => {
    if (to === undefined) return it;
    const copied = renamed.get(to);
    if (copied !== undefined) return lead(it, name, copied);
    return there.has(to) ? it : lead(it, name, undefined);
  }, element);
}

function moved(element: Element, offset: number): Element {
  const from = position(element);
  return from === undefined ? element : at(element, { x: from.x + offset, y: from.y + offset });
}
