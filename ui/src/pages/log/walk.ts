/** The way a request took, read from its record: elements, attempts, limits, and what was decided on. Pure. */
import { isObject, type Json, type JsonObject, member } from "@/graph/json";

export type Attempt = {
  readonly provider: string;
  readonly model: string;
  readonly status: number | undefined;
  readonly cause: string | undefined;
  /** What the provider said; told to callers, not kept in logs. */
  readonly message: string | undefined;
  readonly key: string | undefined;
  /** Microseconds from admission. */
  readonly at: number | undefined;
  /** Microseconds until it was committed or failed. */
  readonly us: number | undefined;
  /** Microseconds until the first byte. */
  readonly firstByte: number | undefined;
};

/** What a limit said. Amounts are requests, or nano-dollars of a limit by cost. */
export type Limit = {
  readonly by: "count" | "cost";
  readonly limit: number;
  readonly window: number;
  readonly taken: number | undefined;
  readonly settled: number | undefined;
  readonly held: number | undefined;
  readonly remaining: number | undefined;
  readonly retryAfter: number | undefined;
  readonly unavailable: boolean;
};

export type Step = {
  readonly element: string;
  readonly type: string;
  /** The output taken; `end`, `failed`, `left` or `refused` where none was. */
  readonly outcome: string;
  readonly at: number | undefined;
  /** It is one that calls: its attempts are written, and may be none. */
  readonly calls: boolean;
  readonly attempts: readonly Attempt[];
  readonly limit: Limit | undefined;
  /** The spend rule that did not let it be called. */
  readonly rule: string | undefined;
  readonly cached: boolean;
};

/** A field that was read. */
export type Read =
  | { readonly field: string; readonly state: "value"; readonly value: Json }
  | { readonly field: string; readonly state: "absent" | "withheld" };

export function readWalk(given: unknown): readonly Step[] {
  if (!Array.isArray(given)) return [];
  return given.filter(isObject).map((it) => ({
    element: text(it, "element") ?? "",
    type: text(it, "type") ?? "",
    outcome: text(it, "outcome") ?? "",
    at: number(it, "at_us"),
    calls: Array.isArray(member(it, "attempts")),
    attempts: objects(member(it, "attempts")).map(attempt),
    limit: limit(member(it, "limit")),
    rule: text(it, "rule"),
    cached: member(it, "cached") === true,
  }));
}

function attempt(it: JsonObject): Attempt {
  return {
    provider: text(it, "provider") ?? "",
    model: text(it, "model") ?? "",
    status: number(it, "status"),
    cause: text(it, "cause"),
    message: text(it, "message"),
    key: text(it, "key"),
    at: number(it, "at_us"),
    us: number(it, "us"),
    firstByte: number(it, "first_byte_us"),
  };
}

function limit(it: Json | undefined): Limit | undefined {
  if (!isObject(it)) return undefined;
  return {
    by: text(it, "type") === "cost" ? "cost" : "count",
    limit: number(it, "limit") ?? 0,
    window: number(it, "window_s") ?? 0,
    taken: number(it, "taken"),
    settled: number(it, "settled"),
    held: number(it, "held"),
    remaining: number(it, "remaining"),
    retryAfter: number(it, "retry_after_ms"),
    unavailable: member(it, "unavailable") === true,
  };
}

/** What was read of the request, in the order of the first look. */
export function readInputs(decision: unknown): readonly Read[] {
  if (!isObject(decision)) return [];
  return objects(member(decision, "inputs")).map((it) => {
    const field = text(it, "field") ?? "";
    const value = member(it, "value");
    if (value !== undefined) return { field, state: "value", value };
    return { field, state: member(it, "withheld") === true ? "withheld" : "absent" };
  });
}

const FIELD = /^(metadata|headers|body|request)\./;

/** The fields that an element reads: in its conditions, or as its key. */
export function fieldsOf(properties: JsonObject): readonly string[] {
  const found = new Set<string>();
  const look = (it: Json | undefined): void => {
    if (Array.isArray(it)) for (const one of it) look(one);
    else if (isObject(it)) {
      for (const [name, below] of Object.entries(it)) {
        if (FIELD.test(name)) found.add(name);
        else look(below);
      }
    }
  };
  look(member(properties, "conditions") ?? member(properties, "condition"));
  const key = member(properties, "key");
  if (typeof key === "string" && FIELD.test(key)) found.add(key);
  return [...found];
}

/** An amount of a limit in its unit. */
export function amount(limit: Limit, value: number): string {
  if (limit.by === "count") return new Intl.NumberFormat("en-US").format(value);
  return `$${(value / 1e9).toFixed(9).replace(/\.?0+$/, "")}`;
}

function objects(it: Json | undefined): readonly JsonObject[] {
  return Array.isArray(it) ? it.filter(isObject) : [];
}

function text(it: JsonObject, name: string): string | undefined {
  const value = member(it, name);
  return typeof value === "string" ? value : undefined;
}

function number(it: JsonObject, name: string): number | undefined {
  const value = member(it, name);
  return typeof value === "number" ? value : undefined;
}

/** Seconds of a window in the largest unit that they fill. */
export function span(seconds: number): string {
  const units = [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ] as const;
  const found = units.find(([, size]) => seconds >= size && seconds % size === 0);
  if (found === undefined) return `${seconds} s`;
  const n = seconds / found[1];
  return n === 1 ? `a${found[0] === "hour" ? "n" : ""} ${found[0]}` : `${n} ${found[0]}s`;
}
