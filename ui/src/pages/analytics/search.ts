/** What the address of the page asks of the analytics, within what can be combined (docs/analytics.md). Pure. */

export const DIMENSIONS = ["route", "version", "element", "provider", "model", "key"] as const;
export type Dimension = (typeof DIMENSIONS)[number] | `metadata.${string}`;

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
  const group = text("group")
    .split(",")
    .filter(isDimension)
    .filter((it, i, list) => list.indexOf(it) === i)
    .slice(0, 3);
  return {
    span: span === undefined ? "24h" : (span as Span),
    start: time("start"),
    end: time("end"),
    bucket: BUCKETS.find((it) => it === text("bucket")),
    group: ordered(group),
    only: Object.keys(all).flatMap((name) =>
      isDimension(name) && text(name) !== "" ? [{ dimension: name, value: text(name) }] : [],
    ),
    limit: LIMITS.find((it) => it === Number(text("limit"))) ?? 10,
    order: ORDERS.find((it) => it === text("order")) ?? "requests",
    percentile: PERCENTILES.find((it) => it === text("percentile")) ?? "p95",
  };
}

export function isDimension(name: string): name is Dimension {
  return DIMENSIONS.some((it) => it === name) || (name.startsWith("metadata.") && name.length > 9);
}

/** Metadata stands last. */
function ordered(group: readonly Dimension[]): readonly Dimension[] {
  const last = group.filter((it) => it.startsWith("metadata."));
  return [...group.filter((it) => !it.startsWith("metadata.")), ...last];
}

export function writeSearch(search: Search): Record<string, unknown> {
  return {
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
    ...(group.length === 0 ? {} : { group: group.join(","), limit: search.limit, order_by: search.order }),
    ...Object.fromEntries(only.map((it) => [it.dimension, it.value])),
  };
}

/** With this value only, in place of another of the same dimension. */
export function narrowed(search: Search, dimension: Dimension, value: string): Search {
  const others = search.only.filter((it) => it.dimension !== dimension);
  return { ...search, only: [...others, { dimension, value }] };
}
