/**
 * A condition as rows and groups, and back. The JSON is what counts: reading it and writing it again gives the same JSON, whatever
 * it is, and what has no row (an operator of a later version, a mistake) stays as a raw block.
 */
import { isObject, type Json, type JsonObject } from "./json";

export const OPERATORS = [
  "$eq",
  "$ne",
  "$gt",
  "$gte",
  "$lt",
  "$lte",
  "$in",
  "$nin",
  "$exists",
  "$regex",
  "$contains",
  "$startsWith",
  "$endsWith",
] as const;
export type Operator = (typeof OPERATORS)[number];

/** `$and`, `$or`, `$nor` and `$not` between conditions. */
export type Mode = "all" | "any" | "none" | "notAll";

/** Where a node stands, below `properties.conditions`: what a problem names. */
export type Path = readonly (string | number)[];

export type Test = {
  readonly kind: "test";
  readonly field: string;
  readonly operator: Operator;
  readonly operand: Json;
  /** Under the field's own `$not`. */
  readonly negated: boolean;
  /** Written `{field: value}`, without `$eq`. */
  readonly bare: boolean;
  readonly path: Path;
};
export type Group = {
  readonly kind: "group";
  readonly mode: Mode;
  /** Of `all`: written as a list, and not as members of one object. */
  readonly listed: boolean;
  readonly items: readonly Node[];
  readonly path: Path;
};
export type Raw = { readonly kind: "raw"; readonly json: Json; readonly path: Path };
export type Node = Test | Group | Raw;

const LISTS: Readonly<Record<string, Mode>> = { $and: "all", $or: "any", $nor: "none" };
const NAMES: Readonly<Record<Exclude<Mode, "notAll">, string>> = { all: "$and", any: "$or", none: "$nor" };

export function isOperator(name: string): name is Operator {
  return OPERATORS.some((it) => it === name);
}

export function read(json: Json, path: Path = []): Node {
  if (!isObject(json)) return { kind: "raw", json, path };
  const items = members(json, path);
  const [only] = items;
  if (items.length === 1 && only !== undefined) return only;
  return { kind: "group", mode: "all", listed: false, items, path };
}

/** The root as a group: one row is a group of one. */
export function asGroup(node: Node): Group {
  if (node.kind === "group") return node;
  return { kind: "group", mode: "all", listed: false, items: [node], path: [] };
}

function members(json: JsonObject, path: Path): readonly Node[] {
  return Object.entries(json).flatMap(([name, value]) => readMember(name, value, [...path, name]));
}

function readMember(name: string, value: Json, path: Path): readonly Node[] {
  const raw = (json: Json, at = path): Raw => ({ kind: "raw", json: only(name, json), path: at });
  if (name.startsWith("$")) {
    const mode = Object.hasOwn(LISTS, name) ? LISTS[name] : undefined;
    if (mode !== undefined && Array.isArray(value)) {
      const items = value.map((it: Json, i) => read(it, [...path, i]));
      return [{ kind: "group", mode, listed: true, items, path }];
    }
    if (name === "$not" && isObject(value))
      return [{ kind: "group", mode: "notAll", listed: false, items: members(value, path), path }];
    return [raw(value)];
  }
  const test = (operator: Operator, operand: Json, at: Path, negated: boolean, bare: boolean): Test => {
    return { kind: "test", field: name, operator, operand, negated, bare, path: at };
  };
  if (!isObject(value)) return [test("$eq", value, path, false, true)];
  const operators = Object.entries(value);
  if (operators.length === 0) return [raw(value)];
  return operators.map(([operator, operand]) => {
    const at = [...path, operator];
    if (isOperator(operator)) return test(operator, operand, at, false, false);
    const inner = operator === "$not" && isObject(operand) ? Object.entries(operand) : [];
    const [first] = inner;
    if (inner.length === 1 && first !== undefined && isOperator(first[0]))
      return test(first[0], first[1], [...at, first[0]], true, false);
    return raw(only(operator, operand), at);
  });
}

export function write(node: Node): Json {
  switch (node.kind) {
    case "raw":
      return node.json;
    case "test":
      return only(node.field, tested(node));
    case "group":
      if (node.mode === "notAll") return { $not: together(node.items) };
      if (node.mode === "all" && !node.listed) return together(node.items);
      return { [NAMES[node.mode]]: node.items.map(write) };
  }
}

function tested({ operator, operand, negated, bare }: Test): Json {
  if (negated) return { $not: { [operator]: operand } };
  // An object as a bare value would be read as operators.
  return bare && operator === "$eq" && !isObject(operand) ? operand : { [operator]: operand };
}

/** Members of one object where that says the same, else a list: of two equal keys one would be lost. */
function together(items: readonly Node[]): JsonObject {
  const all = new Map<string, Json>();
  let last: string | undefined;
  for (const item of items) {
    const written = write(item);
    if (!isObject(written)) return { $and: items.map(write) };
    for (const [key, value] of Object.entries(written)) {
      const there = all.get(key);
      const merged = there === undefined ? value : key === last ? operatorsOf(key, there, value) : undefined;
      if (merged === undefined) return { $and: items.map(write) };
      all.set(key, merged);
      last = key;
    }
  }
  return Object.fromEntries(all);
}

/** `{$gt: 1}` and `{$lt: 5}` on one field as `{$gt: 1, $lt: 5}`. */
function operatorsOf(key: string, a: Json, b: Json): Json | undefined {
  if (key.startsWith("$") || !isObject(a) || !isObject(b)) return undefined;
  const apart = Object.keys(b).every((it) => !Object.hasOwn(a, it));
  return apart && Object.keys(a).length > 0 && Object.keys(b).length > 0 ? { ...a, ...b } : undefined;
}

/** An object of one member, safe for a key such as `__proto__`. */
function only(key: string, value: Json): JsonObject {
  return Object.fromEntries([[key, value]]);
}

/** A new row. */
export function freshTest(field = ""): Test {
  return { kind: "test", field, operator: "$eq", operand: "", negated: false, bare: true, path: [] };
}

/** A new group, with a row in it: an empty one is a problem. */
export function freshGroup(mode: Mode): Group {
  return { kind: "group", mode, listed: true, items: [freshTest()], path: [] };
}

/** Another operator for a row; the operand becomes what it can be of the new one's type. */
export function withOperator(test: Test, operator: Operator): Test {
  return {
    ...test,
    operator,
    operand: operandFor(operator, test.operand),
    bare: test.bare && operator === "$eq",
  };
}

function operandFor(operator: Operator, old: Json): Json {
  const single = Array.isArray(old) ? ((old as readonly Json[])[0] ?? "") : old;
  switch (operator) {
    case "$in":
    case "$nin":
      return Array.isArray(old) ? old : old === "" ? [] : [old];
    case "$exists":
      return typeof old === "boolean" ? old : true;
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte":
      return typeof single === "number" || typeof single === "string" ? asNumber(single) : 0;
    case "$regex":
    case "$startsWith":
    case "$endsWith":
      return typeof single === "string" ? single : JSON.stringify(single);
    default:
      return typeof old === "boolean" && operator !== "$eq" && operator !== "$ne" ? "" : single;
  }
}

function asNumber(value: string | number): string | number {
  return typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))
    ? Number(value)
    : value;
}

/**
 * The node that a problem is about: the deepest whose place the problem's lies in, or the first row of the field that it names.
 * `path` begins below `properties.conditions`.
 */
export function owner(root: Node, path: Path): Node {
  if (root.kind !== "group") return root;
  const inside = root.items.find((it) => begins(path, it.path));
  if (inside !== undefined) return owner(inside, path);
  const named = root.items.find(
    (it) => it.kind !== "group" && begins(it.path, path) && path.length > root.path.length,
  );
  return named ?? root;
}

function begins(path: Path, start: Path): boolean {
  return path.length >= start.length && start.every((it, i) => String(path[i]) === String(it));
}
