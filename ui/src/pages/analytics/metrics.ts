/** The charts of the page: what each shows of one series, and of many side by side. Pure. */
import { count, duration, money, portion } from "@/ui/format";
import type { Counted, Percentile } from "./search";
import type { Reading, Sums } from "./series";

export type Metric = {
  readonly key: string;
  readonly title: string;
  /** Zero where nothing happened; else nothing. */
  readonly counted: boolean;
  /** Lines when there are no groups. */
  readonly parts: readonly { readonly label: string; readonly read: Reading }[];
  /** The one line of a group. */
  readonly one: (percentile: Percentile) => Reading;
  readonly format: (value: number) => string;
  /** The number in the head of the chart. */
  readonly total: (sums: Sums, percentile: Percentile) => string;
};

const time = (it: number | undefined) => (it === undefined ? "–" : duration(it));

function percentiles(key: "duration" | "first_token", title: string): Metric {
  const read =
    (name: Percentile): Reading =>
    (it) =>
      it[key]?.[name] ?? null;
  return {
    key,
    title,
    counted: false,
    parts: (["p50", "p90", "p95", "p99"] as const).map((name) => ({ label: name, read: read(name) })),
    one: read,
    format: duration,
    total: (it, name) => `${time(it[key]?.[name])} ${name}`,
  };
}

const METRICS: readonly Metric[] = [
  {
    key: "requests",
    title: "Requests",
    counted: true,
    parts: [{ label: "requests", read: (it) => it.requests }],
    one: () => (it) => it.requests,
    format: count,
    total: (it) => count(it.requests),
  },
  {
    key: "errors",
    title: "Errors",
    counted: true,
    parts: [{ label: "errors", read: (it) => it.errors }],
    one: () => (it) => it.errors,
    format: count,
    total: (it) => `${count(it.errors)}, ${portion(it.errors, it.requests)}`,
  },
  {
    key: "cost",
    title: "Cost",
    counted: true,
    parts: [{ label: "cost", read: (it) => it.cost }],
    one: () => (it) => it.cost,
    format: money,
    total: (it) => money(it.cost),
  },
  {
    key: "tokens",
    title: "Tokens",
    counted: true,
    parts: [
      { label: "in", read: (it) => it.tokens_in },
      { label: "out", read: (it) => it.tokens_out },
      { label: "in, read from a provider’s cache", read: (it) => it.tokens_cache_read },
    ],
    one: () => (it) => it.tokens_in + it.tokens_out,
    format: count,
    total: (it) => `${count(it.tokens_in)} in, ${count(it.tokens_out)} out`,
  },
  percentiles("duration", "Duration"),
  percentiles("first_token", "First token of streams"),
  {
    key: "cached",
    title: "Answered from the cache",
    counted: true,
    parts: [{ label: "hits", read: (it) => it.cached }],
    one: () => (it) => it.cached,
    format: count,
    total: (it) => `${count(it.cached)}, ${portion(it.cached, it.requests)}`,
  },
];

/** What is not said of calls: their answers are not told apart by their first token, and a cached answer calls nobody. */
const OF_REQUESTS = ["first_token", "cached"];
const CALLED = new Map([
  ["requests", "Requests with a call"],
  ["errors", "Calls that failed"],
  ["cost", "Cost of the calls"],
  ["tokens", "Tokens of the calls"],
  ["duration", "Duration of the calls"],
]);

export function metrics(of: Counted): readonly Metric[] {
  if (of === "requests") return METRICS;
  return METRICS.filter((it) => !OF_REQUESTS.includes(it.key)).map((it) => ({
    ...it,
    title: CALLED.get(it.key) ?? it.title,
  }));
}
