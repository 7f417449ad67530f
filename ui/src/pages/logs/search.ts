/** What the address of the page says: filters, order and time. Pure. */
import { type Filter, queryOf, readFilters } from "./filters";

export const ORDERS = ["created_at", "provider", "model", "success", "cached"] as const;
export type Order = (typeof ORDERS)[number];

export const SPANS = { "15m": 15, "1h": 60, "24h": 1440, "7d": 10_080, "30d": 43_200 } as const;
export type Span = keyof typeof SPANS;

export type Search = {
  readonly filters: readonly Filter[];
  readonly text: string;
  /** Nothing: of any time. */
  readonly span: Span | undefined;
  readonly order: Order;
  readonly ascending: boolean;
};

export function readSearch(given: unknown): Search {
  const all: Readonly<Record<string, unknown>> =
    typeof given === "object" && given !== null ? { ...given } : {};
  const text = (name: string) => {
    const it = all[name];
    // The router reads `q=12` as a number and `q=true` as a flag.
    return ["string", "number", "boolean"].includes(typeof it) ? String(it) : "";
  };
  return {
    filters: readFilters(all.filters),
    text: text("q"),
    span: spanOf(text("span")),
    order: ORDERS.find((it) => it === all.order) ?? "created_at",
    ascending: all.dir === "asc",
  };
}

function spanOf(name: string): Span | undefined {
  return Object.hasOwn(SPANS, name) ? (name as Span) : undefined;
}

/** The reverse, without what is as it is by itself. */
export function writeSearch(search: Search): Record<string, unknown> {
  return {
    ...(search.filters.length > 0 ? { filters: search.filters } : {}),
    ...(search.text === "" ? {} : { q: search.text }),
    ...(search.span === undefined ? {} : { span: search.span }),
    ...(search.order === "created_at" ? {} : { order: search.order }),
    ...(search.ascending ? { dir: "asc" } : {}),
  };
}

/** Parameters of the list. `now` is when the page began to look: a span counts from there, so that pages fit together. */
export function listQuery(search: Search, now: number) {
  const filters = queryOf(search.filters);
  return {
    per_page: PER_PAGE,
    ...(filters === undefined ? {} : { filters }),
    ...(search.text === "" ? {} : { search: search.text }),
    ...(search.span === undefined ? {} : { start_date: startOf(search.span, now) }),
    ...(search.order === "created_at" ? {} : { order_by: search.order }),
    ...(search.ascending ? { order_by_direction: "asc" } : {}),
  };
}

/** As many as the API gives at once. */
export const PER_PAGE = 50;

export function startOf(span: Span, now: number): string {
  return new Date(now - SPANS[span] * 60_000).toISOString();
}

/**
 * Filters that find for a deletion what the list shows, and nothing that comes after `now`. `undefined`: the list is by text, which a
 * deletion cannot be.
 */
export function deletion(search: Search, now: number): readonly Filter[] | undefined {
  if (search.text !== "") return undefined;
  const until: Filter = { key: "created_at", operator: "lt", value: [new Date(now).toISOString()] };
  if (search.span === undefined) return [...search.filters, until];
  const before = new Date(now - SPANS[search.span] * 60_000 - 1).toISOString();
  return [...search.filters, { key: "created_at", operator: "gt", value: [before] }, until];
}

export function isPlain(search: Search): boolean {
  const { filters, text, span } = search;
  return filters.length === 0 && text === "" && span === undefined;
}
