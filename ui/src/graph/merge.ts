/**
 * Three-way merge of documents: `base` is what both sides began with. What only one side changed is taken; what both changed
 * otherwise is a conflict, and a person chooses. Within an element each property and each output counts by itself, but not what
 * makes sense only together: a model and its provider, the shares of a split.
 */
import { type Doc, type Element, isDoc, type Key, keyed, outputs } from "./document";
import { isObject, type Json, type JsonObject, member, sameJson, without } from "./json";
import { kindOf } from "./kinds";

export type Side = "mine" | "theirs";

export type Conflict = {
  readonly key: Key;
  /** `undefined`: the element is not there on that side. */
  readonly base: Element | undefined;
  readonly mine: Element | undefined;
  readonly theirs: Element | undefined;
  /** What both sides changed: `properties.limit`, `outputs.true`, `type`; empty when one side removed the element. */
  readonly parts: readonly string[];
};

export type Merge = {
  readonly conflicts: readonly Conflict[];
  /** Elements that were taken without asking, by whose change it was. */
  readonly taken: Readonly<Record<Side, readonly Key[]>>;
  /** The document, with each conflict decided; one that is not chosen is decided for `mine`. */
  readonly doc: (choices?: ReadonlyMap<Key, Side>) => Doc;
};

export function merge(base: Doc, mine: Doc, theirs: Doc): Merge {
  const [old, own, other] = [new Map(keyed(base)), new Map(keyed(mine)), new Map(keyed(theirs))];
  const order = ordered([...old.keys()], [...own.keys()], [...other.keys()]);
  const conflicts: Conflict[] = [];
  const taken: Record<Side, Key[]> = { mine: [], theirs: [] };
  for (const key of order) {
    const sides = { key, base: old.get(key), mine: own.get(key), theirs: other.get(key) };
    const parts = clash(sides, old, own, other);
    if (parts !== undefined) conflicts.push({ ...sides, parts });
    else {
      if (!same(sides.base, sides.mine)) taken.mine.push(key);
      if (!same(sides.base, sides.theirs) && !same(sides.mine, sides.theirs)) taken.theirs.push(key);
    }
  }
  const doc = (choices: ReadonlyMap<Key, Side> = new Map()) =>
    order.flatMap((key) => {
      const [b, m, t] = [old.get(key), own.get(key), other.get(key)];
      const conflict = conflicts.some((it) => it.key === key);
      const side = choices.get(key) ?? "mine";
      if (m === undefined || t === undefined) {
        // With no conflict it is new on one side, or one side removed it and the other does not mind.
        const whole = conflict ? (side === "mine" ? m : t) : b === undefined ? (m ?? t) : undefined;
        return whole === undefined ? [] : [whole];
      }
      if (same(b, t) || same(m, t)) return [m];
      return [same(b, m) ? t : element(b, m, t, side).value];
    });
  return { conflicts, taken, doc };
}

function same(a: Element | undefined, b: Element | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && sameJson(a, b));
}

type Sides = Omit<Conflict, "parts">;

/** What the sides disagree about; `undefined`: nothing. */
function clash(
  { key, base, mine, theirs }: Sides,
  old: ReadonlyMap<Key, Element>,
  own: ReadonlyMap<Key, Element>,
  other: ReadonlyMap<Key, Element>,
): readonly string[] | undefined {
  if (mine !== undefined && theirs !== undefined) {
    const { parts } = element(base, mine, theirs, "mine");
    return parts.length === 0 ? undefined : parts;
  }
  const left = mine ?? theirs;
  if (left === undefined || base === undefined) return undefined;
  // One side removed it: that is settled when the other neither changed it nor leads to it where it did not before.
  const kept = mine === undefined ? other : own;
  const untouched = sameJson(without<JsonObject>(base, "position"), without<JsonObject>(left, "position"));
  return untouched && !newlyLed(key, kept, old) ? undefined : [];
}

function newlyLed(key: Key, kept: ReadonlyMap<Key, Element>, old: ReadonlyMap<Key, Element>): boolean {
  return [...kept].some(([at, it]) => {
    const was = old.get(at);
    const before = new Map(was === undefined ? [] : outputs(was));
    return outputs(it).some(([name, to]) => to === key && before.get(name) !== key);
  });
}

/** Keys of the result: theirs in their order when only they reordered, else mine; what the other side added follows its neighbour. */
function ordered(base: readonly Key[], mine: readonly Key[], theirs: readonly Key[]): readonly Key[] {
  const kept = (keys: readonly Key[], of: ReadonlySet<Key>) => keys.filter((it) => of.has(it));
  const b = new Set(base);
  const reordered = kept(mine, b).join("\u0001") !== kept(base, new Set(mine)).join("\u0001");
  const [first, second] = reordered ? [mine, theirs] : [theirs, mine];
  const result = [...first];
  const there = new Set(result);
  let before = -1;
  for (const key of second) {
    if (there.has(key)) before = result.indexOf(key);
    else {
      before += 1;
      result.splice(before, 0, key);
      there.add(key);
    }
  }
  return result;
}

/** Properties that are one decision. */
const TOGETHER: readonly (readonly string[])[] = [
  ["provider", "model"],
  ["limitType", "limit"],
  ["window", "interval"],
  ["conditions", "condition"],
];

type Merged<T> = { readonly value: T; readonly parts: readonly string[] };

function element(base: Element | undefined, mine: Element, theirs: Element, side: Side): Merged<Element> {
  const split = kindOf(mine.type) === "percentage" || kindOf(theirs.type) === "percentage";
  const parts: string[] = [];
  const names = union(mine, theirs);
  const members = names.flatMap((name): readonly (readonly [string, Json])[] => {
    const [b, m, t] = [base && member(base, name), member(mine, name), member(theirs, name)];
    const inside = (name === "properties" || (name === "outputs" && !split)) && isObject(m) && isObject(t);
    if (inside) return [[name, object(isObject(b) ? b : undefined, m, t, side, name, parts)]];
    const decided = decide(b, m, t);
    // Where it stands is not worth a question.
    if (decided === undefined && name !== "position") parts.push(name);
    const value = decided === undefined ? (side === "mine" || name === "position" ? m : t) : decided.value;
    return value === undefined ? [] : [[name, value]];
  });
  return { value: whole(members, mine), parts };
}

/** Members as an element: both sides have `id` and `type`. */
function whole(members: readonly (readonly [string, Json])[], otherwise: Element): Element {
  const doc: unknown = [Object.fromEntries(members)];
  return (isDoc(doc) ? doc[0] : undefined) ?? otherwise;
}

function object(
  base: JsonObject | undefined,
  mine: JsonObject,
  theirs: JsonObject,
  side: Side,
  name: string,
  parts: string[],
): JsonObject {
  const groups = [
    ...new Set(union(mine, theirs).map((it) => TOGETHER.find((all) => all.includes(it))?.[0] ?? it)),
  ];
  const chosen = new Map<string, "mine" | "theirs">();
  for (const first of groups) {
    const keys = TOGETHER.find((all) => all.includes(first)) ?? [first];
    const of = (it: JsonObject | undefined): Json =>
      keys.map((key) => [it !== undefined && Object.hasOwn(it, key), member(it, key) ?? null]);
    const [b, m, t] = [of(base), of(mine), of(theirs)];
    const found = sameJson(m, t) || sameJson(b, t) ? "mine" : sameJson(b, m) ? "theirs" : undefined;
    if (found === undefined)
      parts.push(
        `${name}.${keys.filter((key) => !sameJson(member(mine, key), member(theirs, key))).join(", ")}`,
      );
    for (const key of keys) chosen.set(key, found ?? side);
  }
  const entries = union(mine, theirs).flatMap((key): readonly (readonly [string, Json])[] => {
    const value = member(chosen.get(key) === "theirs" ? theirs : mine, key);
    return value === undefined ? [] : [[key, value]];
  });
  return Object.fromEntries(entries);
}

/** The value that is right without asking, or `undefined` for a conflict. */
function decide(
  base: Json | undefined,
  mine: Json | undefined,
  theirs: Json | undefined,
): { value: Json | undefined } | undefined {
  if (alike(mine, theirs) || alike(base, theirs)) return { value: mine };
  return alike(base, mine) ? { value: theirs } : undefined;
}

function alike(a: Json | undefined, b: Json | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameJson(a, b);
}

function union(a: JsonObject, b: JsonObject): readonly string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])];
}
