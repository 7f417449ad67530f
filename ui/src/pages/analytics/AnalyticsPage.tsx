import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { gateways } from "@/api/queries";
import { useGateway } from "@/app/gateway";
import { useMay, useSession } from "@/session/context";
import { count } from "@/ui/format";
import { EmptyState, ErrorState, Skeleton } from "@/ui/States";
import { Controls } from "./Controls";
import { metrics } from "./metrics";
import { type Named, Panel } from "./Panel";
import { type Analytics, analytics, groupWords, names, type Words } from "./queries";
import { Switches } from "./Switches";
import { BUCKETS, isDimension, narrowed, readSearch, type Search, writeSearch } from "./search";
import { Top } from "./Top";
import "./analytics.css";

export default function AnalyticsPage() {
  const { account_id } = useSession();
  const gateway = useGateway();
  const given: unknown = useSearch({ strict: false });
  const key = JSON.stringify(given);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address is the same while its text is
  const search = useMemo(() => readSearch(given), [key]);
  const navigate = useNavigate();
  const go = (next: Search) =>
    navigate({ to: "/g/$gateway/analytics", params: { gateway }, search: writeSearch(next) });
  const sums = useQuery(analytics(account_id, gateway, search));
  const all = useQuery(gateways(account_id));
  const ids = search.all ? (all.data ?? []).map((it) => it.id) : [gateway];
  const words = useQuery(names(account_id, ids, useMay("admin")));
  const { data } = sums;
  const failed = sums.error !== null && !sums.isFetching;
  return (
    <>
      <div className="page-head">
        <h1>Analytics</h1>
        {data && <span className="soft">{rangeWords(data)}</span>}
      </div>
      <Switches search={search} gateway={gateway} onSearch={go} />
      <Controls search={search} onSearch={go} words={words.data} />
      {sums.isPending && <Skeleton rows={10} />}
      {failed && <ErrorState error={sums.error} retry={() => sums.refetch()} />}
      {data && !failed && data.total.requests === 0 && (
        <EmptyState
          title={search.of === "calls" ? "No calls in this time" : "No requests in this time"}
          action={
            <Link to="/g/$gateway/logs" params={{ gateway }}>
              See the logs
            </Link>
          }
        >
          Look at a longer time, or take a filter away. The first request is described with the logs.
        </EmptyState>
      )}
      {data && !failed && data.total.requests > 0 && (
        <div className={sums.isPlaceholderData ? "chart-old" : ""} aria-busy={sums.isPlaceholderData}>
          <Notes data={data} of={search.of} />
          <Charts data={data} search={search} words={words.data} onSearch={go} />
        </div>
      )}
    </>
  );
}

type ChartsProps = { data: Analytics; search: Search; words: Words; onSearch: (search: Search) => void };

function Charts({ data, search, words, onSearch }: ChartsProps) {
  const group = useMemo(() => data.group.filter(isDimension), [data]);
  const named = useMemo(() => {
    const all: Named[] = data.groups.map((it, i) => ({
      label: groupWords(words, group, it.group),
      series: it,
      color: i,
    }));
    if (data.rest && data.rest.requests > 0) {
      all.push({ label: "all others", series: data.rest, color: 10 });
    }
    return all;
  }, [data, group, words]);
  const range = useMemo(() => {
    const bucket = BUCKETS.find((it) => it === data.bucket) ?? "hour";
    return { start: data.start, end: data.end, bucket };
  }, [data]);
  return (
    <>
      {group.length > 0 && (
        <Top
          data={data}
          group={group}
          of={search.of}
          words={words}
          percentile={search.percentile}
          onOnly={(of) => {
            let next = search;
            for (const it of group) {
              const value = of[it];
              if (value != null) next = narrowed(next, it, value);
            }
            onSearch({ ...next, group: [] });
          }}
        />
      )}
      <div className="charts">
        {metrics(search.of).map((it) => (
          <Panel
            key={it.key}
            metric={it}
            total={data.total}
            groups={named}
            range={range}
            percentile={search.percentile}
          />
        ))}
      </div>
      <p className="soft chart-note">
        Counts, tokens and cost are exact. Percentiles come from histograms and are at most{" "}
        {(100 * data.percentiles.relative_error).toFixed(1)}% of themselves off.
      </p>
    </>
  );
}

/** What the sums lack. */
function Notes({ data, of }: { data: Analytics; of: Search["of"] }) {
  const notes = [
    data.total.unpriced_requests > 0 &&
      `The cost lacks ${count(data.total.unpriced_requests)} ${of} whose price is not known.`,
    data.folded_requests > 0 &&
      `Of ${count(data.folded_requests)} requests the value is no longer known, because there were too many; groups may lack them.`,
  ].filter((it) => it !== false);
  return notes.map((it) => (
    <p key={it} className="chart-warn">
      {it}
    </p>
  ));
}

function rangeWords({ start, end, bucket }: Analytics): string {
  const words = (it: string) =>
    new Date(it).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
  return `${words(start)} – ${words(end)}, by ${bucket}`;
}
