import { lazy, Suspense, useMemo } from "react";
import { Skeleton } from "@/ui/States";
import type { Metric } from "./metrics";
import type { Bucket, Percentile } from "./search";
import { buckets, filled, type Line, line, type Series } from "./series";

const Chart = lazy(() => import("./Chart"));

export type Named = { readonly label: string; readonly series: Series; readonly color: number };

type Props = {
  metric: Metric;
  total: Series;
  /** Empty without groups; the rest is one of them. */
  groups: readonly Named[];
  range: { readonly start: string; readonly end: string; readonly bucket: Bucket };
  percentile: Percentile;
};

/** One chart, its sum, and its numbers in a table. */
export function Panel({ metric, total, groups, range, percentile }: Props) {
  const xs = useMemo(() => buckets(range.start, range.end, range.bucket), [range]);
  const lines = useMemo(() => {
    if (groups.length === 0) {
      return metric.parts.map((it) => line(it.label, total, xs, it.read, metric.counted));
    }
    return groups.map((it) => line(it.label, it.series, xs, metric.one(percentile), metric.counted));
  }, [metric, total, groups, xs, percentile]);
  const colors = useMemo(() => {
    return groups.length === 0 ? metric.parts.map((_, i) => i) : groups.map((it) => it.color);
  }, [metric, groups]);
  const timed = !metric.counted && groups.length > 0 ? `, ${percentile}` : "";
  return (
    <section className="chart-panel" aria-label={metric.title}>
      <div className="chart-head">
        <h2>{metric.title}</h2>
        <span className="number">{metric.total(total, percentile)}</span>
      </div>
      <Suspense fallback={<Skeleton rows={4} />}>
        <Chart
          label={`${metric.title}${timed}`}
          xs={xs}
          lines={lines}
          format={metric.format}
          colors={colors}
        />
      </Suspense>
      {groups.length === 0 && lines.length > 1 && <Legend lines={lines} />}
      <Numbers metric={metric} xs={xs} lines={lines} bucket={range.bucket} />
    </section>
  );
}

function Legend({ lines }: { lines: readonly Line[] }) {
  return (
    <ul className="chart-legend">
      {lines.map((it, i) => (
        <li key={it.label}>
          <Swatch color={i} /> {it.label}
        </li>
      ))}
    </ul>
  );
}

export function Swatch({ color }: { color: number }) {
  return (
    <span className="swatch" style={{ background: `var(--series-${(color % 11) + 1})` }} aria-hidden="true" />
  );
}

type NumbersProps = { metric: Metric; xs: readonly number[]; lines: readonly Line[]; bucket: Bucket };

function Numbers({ metric, xs, lines, bucket }: NumbersProps) {
  const rows = filled(xs, lines);
  const time = new Intl.DateTimeFormat("en-GB", {
    dateStyle: "medium",
    ...(bucket === "day" ? { timeZone: "UTC" } : { timeStyle: "short" }),
  });
  return (
    <details className="chart-numbers">
      <summary>Numbers</summary>
      {rows.length === 0 ? (
        <p className="soft">Nothing in this time.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className="chart-scroll" tabIndex={0} aria-label={`Numbers of ${metric.title}`}>
          <table className="chart-table">
            <caption className="hidden">
              {metric.title} by {bucket}; buckets without any are left out
            </caption>
            <thead>
              <tr>
                <th scope="col">{bucket}</th>
                {lines.map((it) => (
                  <th key={it.label} scope="col" className="end">
                    {it.label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((i) => (
                <tr key={xs[i]}>
                  <th scope="row">{time.format((xs[i] ?? 0) * 1000)}</th>
                  {lines.map((it) => (
                    <td key={it.label} className="end number">
                      {exact(metric, it.values[i])}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}

/** Not rounded as on the axis: dollars with all their digits, times in milliseconds. */
function exact(metric: Metric, value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (metric.key === "cost") return `$${Number(value.toFixed(9))}`;
  return metric.counted ? metric.format(value) : `${value} ms`;
}
