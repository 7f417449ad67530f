/** Changes of a document. Each gives a new document and leaves the old one; one that changes nothing gives the same. */
import { type Doc, type Element, type Key, keyed, outputs, type Point, properties } from "./document";
import { type Json, type JsonObject, member, withMember, without } from "./json";
import { type Kind, SHAPES, shareName } from "./kinds";
import { at, lead } from "./nodes";

/** The first of `kind`, `kind-2`, `kind-3` … that is free. Ids do not depend on chance, so an undone step repeats itself. */
export function freshId(taken: ReadonlySet<string>, wish: string): string {
  const stem = wish === "" ? "element" : wish;
  if (!taken.has(stem)) return stem;
  const base = stem.replace(/-\d+$/, "") || stem;
  let n = 2;
  while (taken.has(`${base}-${n}`)) n += 1;
  return `${base}-${n}`;
}

function idsOf(doc: Doc): Set<string> {
  return new Set(doc.map((it) => it.id));
}

/** Changes one element. */
export function update(doc: Doc, key: Key, change: (element: Element) => Element): Doc {
  let changed = false;
  const next = keyed(doc).map(([it, element]) => {
    if (it !== key) return element;
    const after = change(element);
    changed ||= after !== element;
    return after;
  });
  return changed ? next : doc;
}

/** A new element of a kind, at the end of the document. */
export function add(doc: Doc, kind: Kind, to: Point): { doc: Doc; id: string } {
  const id = freshId(idsOf(doc), kind);
  const fresh = SHAPES[kind].fresh;
  const element: Element = {
    id,
    type: kind,
    ...(fresh === undefined ? {} : { properties: fresh }),
    outputs: {},
    position: { x: to.x, y: to.y },
  };
  return { doc: [...doc, element], id };
}

/** Removes elements, and the outputs of others that led to them. */
export function remove(doc: Doc, keys: ReadonlySet<Key>): Doc {
  if (keys.size === 0) return doc;
  const rest = keyed(doc)
    .filter(([key]) => !keys.has(key))
    .map(([, it]) => it);
  const left = idsOf(rest);
  const gone = new Set(doc.map((it) => it.id).filter((it) => !left.has(it)));
  return rest.map((element) =>
    outputs(element).reduce(
      (it, [name, to]) => (to !== undefined && gone.has(to) ? lead(it, name, undefined) : it),
      element,
    ),
  );
}

/**
 * Gives an element another id; what led to it still does. Of elements that share an id only the first is led to, so renaming a
 * later one moves no edge. An id that is taken is not given: the same document comes back.
 */
export function rename(doc: Doc, key: Key, id: string): Doc {
  const own = keyed(doc).find(([it]) => it === key)?.[1].id;
  if (own === undefined || own === id || idsOf(doc).has(id)) return doc;
  const renamed = update(doc, key, (it) => withMember(it, "id", id));
  if (key !== own) return renamed;
  return renamed.map((element) =>
    outputs(element).reduce((it, [name, to]) => (to === own ? lead(it, name, id) : it), element),
  );
}

/** Leads an output to an element, instead of where it led before. */
export function connect(doc: Doc, source: Key, output: string, target: string): Doc {
  return update(doc, source, (it) => lead(it, output, target));
}

export function disconnect(doc: Doc, source: Key, output: string): Doc {
  return update(doc, source, (it) => lead(it, output, undefined));
}

/** Renames an output (a share) in its place. One that is there already is not overwritten. */
export function renameOutput(doc: Doc, key: Key, from: string, to: string): Doc {
  return update(doc, key, (it) => {
    const all = member(it, "outputs") as JsonObject | undefined;
    if (all === undefined || !Object.hasOwn(all, from) || from === to || Object.hasOwn(all, to)) return it;
    const entries = Object.entries(all).map(([name, value]) => [name === from ? to : name, value] as const);
    return withMember(it, "outputs", Object.fromEntries(entries));
  });
}

/** A name for one more share of an element: 10%, with a label when that is taken. */
export function freshShare(element: Element, hundredths = 1000): string {
  const taken = new Set(outputs(element).map(([name]) => name));
  const plain = shareName(hundredths);
  if (!taken.has(plain)) return plain;
  const labels = "bcdefghijklmnopqrstuvwxyz";
  for (const label of labels) {
    const name = shareName(hundredths, label);
    if (!taken.has(name)) return name;
  }
  return freshId(taken, shareName(hundredths, "z"));
}

/** Sets a property, or takes it away when the value is `undefined`. */
export function setProperty(doc: Doc, key: Key, name: string, value: Json | undefined): Doc {
  return update(doc, key, (it) => {
    const before = properties(it);
    if (value === undefined) {
      return Object.hasOwn(before, name) ? withMember(it, "properties", without(before, name)) : it;
    }
    return withMember(it, "properties", withMember(before, name, value));
  });
}

/** Moves elements to places. */
export function move(doc: Doc, places: ReadonlyMap<Key, Point>): Doc {
  if (places.size === 0) return doc;
  return keyed(doc).map(([key, element]) => {
    const to = places.get(key);
    return to === undefined ? element : at(element, to);
  });
}
