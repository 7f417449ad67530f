import { count, portion } from "@/ui/format";
import { Duration, Money } from "@/ui/Values";
import { Swatch } from "./Panel";
import type { Analytics, Words } from "./queries";
import { groupWords } from "./queries";
import type { Counted, Dimension, Percentile } from "./search";
import type { Sums } from "./series";

type Props = {
  data: Analytics;
  group: readonly Dimension[];
  of: Counted;
  words: Words;
  percentile: Percentile;
  onOnly: (of: Readonly<Record<string, string | null>>) => void;
};

/** The largest groups, what is left, and all together: nothing is missing. */
export function Top({ data, group, of, words, percentile, onOnly }: Props) {
  return (
    <section className="chart-scroll top-groups" aria-label="Groups">
      <table className="chart-table">
        <thead>
          <tr>
            <th scope="col">{group.join(" · ")}</th>
            {columns(of, percentile).map((it) => (
              <th key={it} scope="col" className="end">
                {it}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.groups.map((it, i) => {
            const name = groupWords(words, group, it.group);
            const known = group.every((dimension) => it.group[dimension] !== null);
            return (
              <tr key={JSON.stringify(it.group)}>
                <th scope="row">
                  <Swatch color={i % 10} />{" "}
                  {known ? (
                    <button
                      type="button"
                      className="top-only"
                      title={`Only ${name}`}
                      onClick={() => onOnly(it.group)}
                    >
                      {name}
                    </button>
                  ) : (
                    name
                  )}
                </th>
                <Cells sums={it} total={data.total} percentile={percentile} of={of} />
              </tr>
            );
          })}
          {data.rest && data.rest.requests > 0 && (
            <tr>
              <th scope="row">
                <Swatch color={10} /> all others
              </th>
              <Cells sums={data.rest} total={data.total} percentile={percentile} of={of} />
            </tr>
          )}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            <Cells sums={data.total} total={data.total} percentile={percentile} of={of} />
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

function columns(of: Counted, percentile: Percentile): readonly string[] {
  const tokens = ["Tokens in", "Tokens out", "Cost", `Duration ${percentile}`];
  return of === "calls"
    ? ["Requests", "Share", "Failed", ...tokens]
    : ["Requests", "Share", "Errors", "Cached", ...tokens, `First token ${percentile}`];
}

type CellsProps = { sums: Sums; total: Sums; percentile: Percentile; of: Counted };

function Cells({ sums, total, percentile, of }: CellsProps) {
  const time = (it: Sums["duration"]) => (it ? <Duration ms={it[percentile]} /> : "–");
  const cells = [
    count(sums.requests),
    portion(sums.requests, total.requests),
    <span key="errors" title={`${count(sums.errors)} of ${count(sums.requests)}`}>
      {count(sums.errors)} <span className="soft">{portion(sums.errors, sums.requests)}</span>
    </span>,
    ...(of === "calls" ? [] : [count(sums.cached)]),
    count(sums.tokens_in),
    count(sums.tokens_out),
    <Money key="cost" dollars={sums.cost} />,
    time(sums.duration),
    ...(of === "calls" ? [] : [time(sums.first_token)]),
  ];
  return cells.map((it, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: columns do not move
    <td key={i} className="end number">
      {it}
    </td>
  ));
}
