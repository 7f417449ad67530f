/** Filters as values: into words, into the query of the API, and changed by a click on a cell. Pure. */
import { fieldOf, type Operator, operatorWords } from "./fields";

/** `null` finds what is absent. */
export type Value = string | null;
export type Filter = { readonly key: string; readonly operator: Operator; readonly value: readonly Value[] };

const OPERATORS: readonly Operator[] = ["eq", "neq", "contains", "lt", "gt"];

/** Filters of an address. What is not a filter is left out: an address may be old, or typed. */
export function readFilters(given: unknown): readonly Filter[] {
  if (!Array.isArray(given)) return [];
  return given.flatMap((it: unknown) => {
    if (typeof it !== "object" || it === null) return [];
    const { key, operator, value }: { key?: unknown; operator?: unknown; value?: unknown } = it;
    const known = OPERATORS.find((name) => name === operator);
    if (typeof key !== "string" || known === undefined) return [];
    const values = (Array.isArray(value) ? value : [value]).flatMap(readValue);
    return values.length === 0 ? [] : [{ key, operator: known, value: values }];
  });
}

function readValue(it: unknown): Value[] {
  if (it === null) return [null];
  if (typeof it === "string") return [it];
  return typeof it === "number" || typeof it === "boolean" ? [String(it)] : [];
}

/** As the API reads them; nothing for none. */
export function queryOf(filters: readonly Filter[]): string | undefined {
  return filters.length === 0 ? undefined : JSON.stringify(filters);
}

/** What values are called: a route by its name instead of its id. Nothing where it has no other name. */
export type Names = (key: string, value: string) => string | undefined;

/** "Model is gpt-5 or gpt-5-mini". */
export function words(filter: Filter, name?: Names): string {
  const field = fieldOf(filter.key);
  const values = filter.value.map((it) =>
    it === null ? "absent" : it === "" ? "empty" : (name?.(filter.key, it) ?? it),
  );
  const joined = values.join(filter.operator === "neq" ? " nor " : " or ");
  const unit = field?.kind === "number" && filter.key !== "feedback" ? ` ${unitOf(filter.key)}` : "";
  return `${field?.title ?? filter.key} ${operatorWords(filter.operator, field?.kind ?? "text")} ${joined}${unit}`;
}

function unitOf(key: string): string {
  if (key === "cost") return "dollars";
  return key === "duration" ? "ms" : "tokens";
}

/** With "is this value"; another value of the same key is one more that may be. What is there already stays as it is. */
export function narrowed(filters: readonly Filter[], key: string, value: Value): readonly Filter[] {
  const at = filters.findIndex((it) => it.key === key && it.operator === "eq");
  const there = filters[at];
  if (there === undefined) return [...filters, { key, operator: "eq", value: [value] }];
  if (there.value.includes(value)) return filters;
  return filters.with(at, { ...there, value: [value] });
}

/** What a request came through: an output of an element is the edge between two. */
export function edge(element: string, output: string): string {
  return `${element}.${output}`;
}

/** Requests that came through an output of a version of a route. */
export function through(route: string, version: string, element: string, output: string): readonly Filter[] {
  const is = (key: string, value: string): Filter => ({ key, operator: "eq", value: [value] });
  return [is("route", route), is("version", version), is("edge", edge(element, output))];
}

/** One entry of metadata: two filters, the second about the entry of the first. */
export function withMetadata(filters: readonly Filter[], key: string, value: string): readonly Filter[] {
  const pair: Filter[] = [
    { key: "metadata.key", operator: "eq", value: [key] },
    { key: "metadata.value", operator: "eq", value: [value] },
  ];
  const there = filters.some((it, i) => same(it, pair[0]) && same(filters[i + 1], pair[1]));
  return there ? filters : [...filters, ...pair];
}

function same(a: Filter | undefined, b: Filter | undefined): boolean {
  return a !== undefined && b !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

/** Without the one at `index`. */
export function without(filters: readonly Filter[], index: number): readonly Filter[] {
  return filters.filter((_, i) => i !== index);
}

/** What is wrong with a value, as far as that can be said without the server. */
export function wrong(filter: Filter): string | undefined {
  const field = fieldOf(filter.key);
  for (const value of filter.value) {
    if (value === null) {
      if (filter.operator !== "eq" && filter.operator !== "neq")
        return "Only “is” and “is not” can be absent.";
      continue;
    }
    if (field?.kind === "number" && (value.trim() === "" || !Number.isFinite(Number(value)))) {
      return value === "" ? "Enter a number." : `“${value}” is no number.`;
    }
    if (field?.kind === "time" && Number.isNaN(Date.parse(value))) return "Enter a date and a time.";
    if (field?.kind === "text" && value === "") return "Enter a value.";
  }
  return undefined;
}
