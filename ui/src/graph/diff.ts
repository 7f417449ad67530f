/** What differs between two documents: marks for the canvas, and sentences that say what it means for traffic. */
import { type Doc, type Element, find, type Key, keyed, outputs, property } from "./document";
import { rename } from "./edit";
import { isObject, type Json, type JsonObject, member, sameJson, withMember, without } from "./json";
import { kindOf } from "./kinds";
import { edgeId } from "./nodes";
import { sentences } from "./sentences";

export type Mark = "added" | "changed" | "removed";

export type Change = {
  /** `traffic`: requests are answered otherwise. `note`: nothing but how the graph looks or what is noted in it. */
  readonly kind: "traffic" | "note";
  readonly element: Key;
  /** A sentence; ids stand in backticks. */
  readonly text: string;
};

export type Diff = {
  readonly changes: readonly Change[];
  readonly elements: ReadonlyMap<Key, Mark>;
  /** By `edgeId`. */
  readonly edges: ReadonlyMap<string, Mark>;
  /** The later document, with what was removed still in it, for the canvas. */
  readonly both: Doc;
};

/** An element that another id was given to, and nothing else. */
export type Renamed = { readonly from: string; readonly to: string };

export function diff(before: Doc, after: Doc): Diff {
  const renames = renamed(before, after);
  const old = renames.reduce((doc, it) => rename(doc, it.from, it.to), before);
  const elements = new Map<Key, Mark>();
  for (const [key, element] of keyed(after)) {
    const was = find(old, key);
    if (was === undefined) elements.set(key, "added");
    else if (!sameJson(meaning(was), meaning(element))) elements.set(key, "changed");
  }
  for (const { to } of renames) elements.set(to, "changed");
  const gone = keyed(old).filter(([key]) => find(after, key) === undefined);
  for (const [key] of gone) elements.set(key, "removed");
  return {
    changes: sentences(old, after, renames),
    elements,
    edges: edges(old, after),
    both: [...keyed(after).map(([key, it]) => withGone(it, find(old, key))), ...gone.map(([, it]) => it)],
  };
}

/** What of an element is more than its place on the canvas. */
function meaning(element: Element): JsonObject {
  return without<JsonObject>(element, "position");
}

function edges(before: Doc, after: Doc): ReadonlyMap<string, Mark> {
  const [old, now] = [leads(before), leads(after)];
  const marks = new Map<string, Mark>();
  for (const [id, to] of now) {
    const was = old.get(id);
    if (was === undefined) marks.set(id, "added");
    else if (was !== to) marks.set(id, "changed");
  }
  for (const id of old.keys()) if (!now.has(id)) marks.set(id, "removed");
  return marks;
}

function leads(doc: Doc): ReadonlyMap<string, string> {
  const all = keyed(doc).flatMap(([key, it]) =>
    outputs(it).flatMap(([name, to]) => (to === undefined ? [] : [[edgeId(key, name), to] as const])),
  );
  return new Map(all);
}

/** The element with those outputs that it had, so that an edge that was removed can be drawn. */
function withGone(element: Element, was: Element | undefined): Element {
  const [now, before] = [member(element, "outputs"), was && member(was, "outputs")];
  if (!isObject(before)) return element;
  const own: JsonObject = isObject(now) ? now : {};
  const gone = Object.entries(before).filter(([name]) => !Object.hasOwn(own, name));
  return gone.length === 0
    ? element
    : withMember(element, "outputs", Object.fromEntries([...Object.entries(own), ...gone]));
}

/** Pairs of one that is gone and one that is new, alike in all but their id and place. */
function renamed(before: Doc, after: Doc): readonly Renamed[] {
  const [old, now] = [new Set(before.map((it) => it.id)), new Set(after.map((it) => it.id))];
  const fresh = after.filter((it) => !old.has(it.id));
  const taken = new Set<string>();
  return before.flatMap((it): Renamed[] => {
    if (now.has(it.id)) return [];
    const twin = fresh.find((other) => !taken.has(other.id) && alike(it, other));
    if (twin === undefined) return [];
    taken.add(twin.id);
    return [{ from: it.id, to: twin.id }];
  });
}

function alike(a: Element, b: Element): boolean {
  const bare = (it: Element): Json => without(without<JsonObject>(meaning(it), "id"), "outputs");
  const names = (it: Element) =>
    outputs(it)
      .map(([name]) => name)
      .sort();
  if (!sameJson(bare(a), bare(b)) || !sameJson(names(a), names(b))) return false;
  // Two ends, or two calls of one model, are alike by chance: what they lead to must be alike too.
  if (kindOf(a.type) === "model" && property(a, "model") === undefined) return false;
  const to = (it: Element) =>
    outputs(it)
      .map(([name, id]) => [name, id ?? null])
      .sort();
  return sameJson(to(a), to(b));
}
