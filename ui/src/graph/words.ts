/** Elements and conditions in words, short enough for a node and exact enough for a comparison of versions. */
import { asGroup, type Node, type Operator, read, type Test } from "./condition";
import { type Doc, type Element, property } from "./document";
import type { Json } from "./json";
import { kindOf, SHAPES, share } from "./kinds";

/** What a row of a condition says between its field and its value. */
export const OPERATOR_WORDS: Readonly<Record<Operator, string>> = {
  $eq: "is",
  $ne: "is not",
  $gt: ">",
  $gte: "≥",
  $lt: "<",
  $lte: "≤",
  $in: "is one of",
  $nin: "is none of",
  $exists: "is present",
  $regex: "matches",
  $contains: "contains",
  $startsWith: "begins with",
  $endsWith: "ends with",
};

/** `metadata.plan is "paid" and (request.hour ≥ 8 or …)`. */
export function conditionWords(json: Json): string {
  return said(read(json), false);
}

function said(node: Node, inner: boolean): string {
  if (node.kind === "test") return testWords(node);
  if (node.kind === "raw") return JSON.stringify(node.json);
  if (node.items.length === 0) return node.mode === "all" ? "(nothing)" : `(nothing in ${node.mode})`;
  const word = node.mode === "all" || node.mode === "notAll" ? " and " : " or ";
  const parts = node.items.map((it) => said(it, node.items.length > 1)).join(word);
  if (node.mode === "none" || node.mode === "notAll") return `not (${parts})`;
  return inner && node.items.length > 1 ? `(${parts})` : parts;
}

function testWords({ field, operator, operand, negated }: Test): string {
  const words =
    operator === "$exists"
      ? `${field} ${operand === false ? "is missing" : "is present"}`
      : `${field} ${OPERATOR_WORDS[operator]} ${value(operand)}`;
  return negated ? `not (${words})` : words;
}

function value(json: Json): string {
  if (!Array.isArray(json)) return JSON.stringify(json);
  return `[${json.map((it: Json) => JSON.stringify(it)).join(", ")}]`;
}

/** How many fields a condition reads, groups counted through. */
export function rowCount(json: Json): number {
  const count = (node: Node): number =>
    node.kind === "group" ? node.items.reduce((sum, it) => sum + count(it), 0) : 1;
  return asGroup(read(json)).items.reduce((sum, it) => sum + count(it), 0);
}

const UNITS = [
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
  [1, "second"],
] as const;

/** A number of seconds in the largest unit in which it is whole: 3600 is `1 hour`, 5400 is `90 minutes`. */
export function secondsWords(seconds: number): string {
  const [size, unit] = UNITS.find(([it]) => seconds > 0 && seconds % it === 0) ?? [1, "second"];
  const many = seconds / size;
  return `${many} ${unit}${many === 1 ? "" : "s"}`;
}

/** Hundredths of a percent as `12.5%`. */
export function percent(hundredths: number): string {
  return `${Number((hundredths / 100).toFixed(2))}%`;
}

/** What an element does: `gpt-5 of openai`, `100 requests in 1 minute for each metadata.user`. */
export function elementWords(element: Element): string {
  switch (kindOf(element.type)) {
    case "model":
      return modelWords(element);
    case "rate":
      return `${limitWords(element)} in ${windowWords(element)}${keyWords(element, " for each ")}`;
    case "conditional": {
      const conditions = property(element, "conditions", "condition");
      return conditions === undefined ? "no condition" : conditionWords(conditions);
    }
    case "percentage":
      return `a split${keyWords(element, ", sticky by ")}`;
    case "start":
      return "where requests come in";
    case "end":
      return "where the answer goes out";
    case undefined:
      return `an element of the type ${element.type}`;
  }
}

export function modelWords(element: Element): string {
  const [model, provider] = [property(element, "model"), property(element, "provider")];
  return `${textOr(model, "no model")} of ${textOr(provider, "no provider")}`;
}

export function limitWords(element: Element): string {
  const limit = property(element, "limit");
  const many = typeof limit === "number" ? limit : undefined;
  if (property(element, "limitType") === "cost") return many === undefined ? "no limit" : `$${many}`;
  return many === undefined ? "no limit" : `${many} request${many === 1 ? "" : "s"}`;
}

export function windowWords(element: Element): string {
  const window = property(element, "window", "interval");
  return typeof window === "number" ? secondsWords(window) : "no window";
}

function keyWords(element: Element, before: string): string {
  const key = property(element, "key");
  return typeof key === "string" && key !== "" ? `${before}${key}` : "";
}

function textOr(json: Json | undefined, otherwise: string): string {
  return typeof json === "string" && json !== "" ? json : otherwise;
}

/** An element's name for a sentence: its id, and of a model what it calls. Ids stand in backticks. */
export function named(doc: Doc, id: string): string {
  const element = doc.find((it) => it.id === id);
  if (element === undefined) return `\`${id}\``;
  const kind = kindOf(element.type);
  if (kind === "model") return `\`${id}\` (${modelWords(element)})`;
  return kind === "end" || kind === "start" || id === kind || kind === undefined
    ? `\`${id}\``
    : `\`${id}\` (${SHAPES[kind].title.toLowerCase()})`;
}

/** Shares of a percentage element by output, `else` filled in; `undefined` when its names are no shares. */
export function shares(names: readonly string[]): ReadonlyMap<string, number> | undefined {
  const found = new Map<string, number>();
  let rest: string | undefined;
  for (const name of names) {
    if (name === "else") rest = name;
    else {
      const it = share(name);
      if (it === undefined) return undefined;
      found.set(name, it.share);
    }
  }
  const total = [...found.values()].reduce((sum, it) => sum + it, 0);
  if (rest !== undefined) found.set(rest, Math.max(0, 10_000 - total));
  return found;
}
