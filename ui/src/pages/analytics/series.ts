/** From sums by time to the lines of a chart: one x for every bucket, whether it had requests or not. Pure. */
import type { Bucket } from "./search";

export type Percentiles = {
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
};
export type Sums = {
  readonly requests: number;
  readonly errors: number;
  readonly cached: number;
  readonly cost: number;
  readonly unpriced_requests: number;
  readonly tokens_in: number;
  readonly tokens_out: number;
  readonly tokens_cache_read: number;
  readonly tokens_cache_write: number;
  readonly duration?: Percentiles | null;
  readonly first_token?: Percentiles | null;
};
export type Point = Sums & { readonly time: string };
export type Series = Sums & { readonly points: readonly Point[] };

/** What is read of a bucket. `null`: there is nothing to say, which is not zero. */
export type Reading = (sums: Sums) => number | null;

export type Line = { readonly label: string; readonly values: readonly (number | null)[] };

const SECONDS: Readonly<Record<Bucket, number>> = { minute: 60, hour: 3600, day: 86_400 };

/** The beginnings of all buckets, in Unix seconds. */
export function buckets(start: string, end: string, bucket: Bucket): readonly number[] {
  const from = Date.parse(start) / 1000;
  const to = Date.parse(end) / 1000;
  const step = SECONDS[bucket];
  return Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, i) => from + i * step);
}

/** A bucket without requests is zero of what is counted, and nothing of what is measured. */
export function line(
  label: string,
  series: Series,
  xs: readonly number[],
  read: Reading,
  counted: boolean,
): Line {
  const byTime = new Map(series.points.map((it) => [Date.parse(it.time) / 1000, it]));
  return {
    label,
    values: xs.map((x) => {
      const point = byTime.get(x);
      return point === undefined ? (counted ? 0 : null) : read(point);
    }),
  };
}

/** The larger of two numbers' ends of an axis: never nothing, so that a line of zeros lies on the ground. */
export function top(lines: readonly Line[]): number {
  const most = Math.max(0, ...lines.flatMap((it) => it.values.map((value) => value ?? 0)));
  return most === 0 ? 1 : most;
}

/** Buckets that have something in any line: what the table beneath a chart lists. */
export function filled(xs: readonly number[], lines: readonly Line[]): readonly number[] {
  return xs.flatMap((_, i) => (lines.some((it) => it.values[i] !== null && it.values[i] !== 0) ? [i] : []));
}
