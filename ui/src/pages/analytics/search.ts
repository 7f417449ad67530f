/** What the address of the page asks of the analytics, within what can be combined (docs/analytics.md). Pure. */

const DIMENSIONS = ["gateway", "route", "version", "element", "provider", "model", "key"] as const;
export type Dimension = (typeof DIMENSIONS)[number] | `metadata.${string}`;

/** Requests, each where it was answered; or calls, each model element that called a provider for itself. */
export const COUNTED = ["requests", "calls"] as const;
export type Counted = (typeof COUNTED)[number];

export const BUCKETS = ["minute", "hour", "day"] as const;
export type Bucket = (typeof BUCKETS)[number];

/** Minutes back from now. */
export const SPANS = {
  "1h": 60,
  "3h": 180,
  "24h": 1440,
  "7d": 10_080,
  "30d": 43_200,
  "90d": 129_600,
} as const;
export type Span = keyof typeof SPANS;

export const PERCENTILES = ["p50", "p90", "p95", "p99"] as const;
export type Percentile = (typeof PERCENTILES)[number];

export const ORDERS = ["requests", "errors", "cost"] as const;
export type Order = (typeof ORDERS)[number];

export type Only = { readonly dimension: Dimension; readonly value: string };

export type Search = {
  readonly of: Counted;
  /** Of all gateways together, not only of the one that the address names. */
  readonly all: boolean;
  readonly span: Span;
  /** A time of one's own instead of a span; RFC 3339. */
  readonly start: string | undefined;
  readonly end: string | undefined;
  readonly bucket: Bucket | undefined;
  readonly group: readonly Dimension[];
  readonly only: readonly Only[];
  readonly limit: number;
  readonly order: Order;
  /** Shown of times when there are groups. */
  readonly percentile: Percentile;
};

export const LIMITS = [5, 10, 25, 50, 100] as const;

export function readSearch(given: unknown): Search {
  const all: Readonly<Record<string, unknown>> =
    typeof given === "object" && given !== null ? { ...given } : {};
  const text = (name: string) => {
    const it = all[name];
    return ["string", "number", "boolean"].includes(typeof it) ? String(it) : "";
  };
  const span = Object.keys(SPANS).find((it) => it === text("span"));
  const time = (name: string) => (Number.isNaN(Date.parse(text(name))) ? undefined : text(name));
  const of = COUNTED.find((it) => it === text("of")) ?? "requests";
  const every = text("gateways") === "all";
  const fits = (it: string): it is Dimension => isDimension(it) && isSummed(it, of, every);
  const group = text("group")
    .split(",")
    .filter(fits)
    .filter((it, i, list) => list.indexOf(it) === i)
    .slice(0, 3);
  return {
    of,
    all: every,
    span: span === undefined ? "24h" : (span as Span),
    start: time("start"),
    end: time("end"),
    bucket: BUCKETS.find((it) => it === text("bucket")),
    group: ordered(group),
    only: Object.keys(all).flatMap((name) =>
      fits(name) && text(name) !== "" ? [{ dimension: name, value: text(name) }] : [],
    ),
    limit: LIMITS.find((it) => it === Number(text("limit"))) ?? 10,
    order: ORDERS.find((it) => it === text("order")) ?? "requests",
    percentile: PERCENTILES.find((it) => it === text("percentile")) ?? "p95",
  };
}

export function isDimension(name: string): name is Dimension {
  return DIMENSIONS.some((it) => it === name) || (name.startsWith("metadata.") && name.length > 9);
}

/** Calls are not summed up by what their request was asked with, and gateways are told apart only where there are several. */
export function isSummed(it: Dimension, of: Counted, all: boolean): boolean {
  if (it === "gateway") return all;
  return of === "requests" || !(it === "key" || it.startsWith("metadata."));
}

/** What can be grouped by, but for metadata. */
export function dimensions({ of, all }: Pick<Search, "of" | "all">): readonly Dimension[] {
  return DIMENSIONS.filter((it) => isSummed(it, of, all));
}

/** The same question of calls, or of requests: without what is not summed up for them. Calls without a group are told apart by model. */
export function counted(search: Search, of: Counted): Search {
  const next = without({ ...search, of });
  return of === "calls" && next.group.length === 0 ? { ...next, group: ["provider", "model"] } : next;
}

/** The same question of all gateways, or of one. */
export function everywhere(search: Search, all: boolean): Search {
  return without({ ...search, all });
}

function without(search: Search): Search {
  const fits = (it: Dimension) => isSummed(it, search.of, search.all);
  return {
    ...search,
    group: search.group.filter(fits),
    only: search.only.filter((it) => fits(it.dimension)),
  };
}

/** Metadata stands last. */
function ordered(group: readonly Dimension[]): readonly Dimension[] {
  const last = group.filter((it) => it.startsWith("metadata."));
  return [...group.filter((it) => !it.startsWith("metadata.")), ...last];
}

export function writeSearch(search: Search): Record<string, unknown> {
  return {
    ...(search.of === "requests" ? {} : { of: search.of }),
    ...(search.all ? { gateways: "all" } : {}),
    ...(search.span === "24h" ? {} : { span: search.span }),
    ...(search.start === undefined ? {} : { start: search.start }),
    ...(search.end === undefined ? {} : { end: search.end }),
    ...(search.bucket === undefined ? {} : { bucket: search.bucket }),
    ...(search.group.length === 0 ? {} : { group: search.group.join(",") }),
    ...(search.limit === 10 ? {} : { limit: search.limit }),
    ...(search.order === "requests" ? {} : { order: search.order }),
    ...(search.percentile === "p95" ? {} : { percentile: search.percentile }),
    ...Object.fromEntries(search.only.map((it) => [it.dimension, it.value])),
  };
}

/** Parameters of the request. */
export function query(search: Search, now: number): Record<string, string | number> {
  const { start, end, bucket, group, only } = search;
  const own = start !== undefined || end !== undefined;
  return {
    ...(own ? {} : { start: new Date(now - SPANS[search.span] * 60_000).toISOString() }),
    ...(start === undefined ? {} : { start: new Date(start).toISOString() }),
    ...(end === undefined ? {} : { end: new Date(end).toISOString() }),
    ...(bucket === undefined ? {} : { bucket }),
    ...(search.of === "requests" ? {} : { of: search.of }),
    ...(group.length === 0 ? {} : { group: group.join(","), limit: search.limit, order_by: search.order }),
    ...Object.fromEntries(only.map((it) => [it.dimension, it.value])),
  };
}

/** With this value only, in place of another of the same dimension. */
export function narrowed(search: Search, dimension: Dimension, value: string): Search {
  const others = search.only.filter((it) => it.dimension !== dimension);
  return { ...search, only: [...others, { dimension, value }] };
}
