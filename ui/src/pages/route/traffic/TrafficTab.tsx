import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { Canvas } from "@/canvas/Canvas";
import { NOTHING, type Selection } from "@/canvas/types";
import { edgeId } from "@/graph/nodes";
import { version as oneVersion } from "@/pages/log/queries";
import { through } from "@/pages/logs/filters";
import { count, money, portion } from "@/ui/format";
import { Select } from "@/ui/Select";
import { EmptyState, ErrorState, Skeleton } from "@/ui/States";
import { Duration, Money } from "@/ui/Values";
import { useRoute } from "../context";
import { documentOf } from "../queries";
import { type Edge, MEASURES, type Measure, picture, rows, type sentence } from "./figures";
import { SPANS, type Span, traffic, versionNumbers } from "./queries";
import "./traffic.css";

const SPAN_WORDS: Readonly<Record<Span, string>> = {
  "15m": "Last 15 minutes",
  "1h": "Last hour",
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
};
const MEASURE_WORDS: Readonly<Record<Measure, string>> = {
  requests: "Requests",
  share: "Share of requests",
  errors: "Share of errors",
  p50: "Duration, p50",
  p99: "Duration, p99",
  cost: "Cost",
};

/** What goes through the route now, on its graph. */
export default function TrafficTab() {
  const { at, route } = useRoute();
  const numbers = useQuery(versionNumbers(at));
  const [chosen, setChosen] = useState<string>();
  const version = chosen ?? route.deployment?.version_id ?? numbers.data?.[0]?.id;
  const [span, setSpan] = useState<Span>("1h");
  const [measure, setMeasure] = useState<Measure>("requests");
  if (version === undefined) {
    if (numbers.isPending) return <Skeleton />;
    if (numbers.error) return <ErrorState error={numbers.error} retry={() => numbers.refetch()} />;
    return (
      <EmptyState title="No version yet">Traffic is shown on a version: save one, and deploy it.</EmptyState>
    );
  }
  return (
    <>
      <div className="traffic-bar">
        <Select
          aria-label="Time"
          value={span}
          options={Object.entries(SPAN_WORDS).map(([value, label]) => ({ value, label }))}
          onValue={(it) => setSpan(Object.keys(SPANS).find((name): name is Span => name === it) ?? "1h")}
        />
        <Select
          aria-label="Version"
          value={version}
          options={(numbers.data ?? [{ id: version, number: 0 }]).map((it) => ({
            value: it.id,
            label: `Version ${it.number || "…"}${it.id === route.deployment?.version_id ? ", live" : ""}`,
          }))}
          onValue={setChosen}
        />
        <Select
          aria-label="Numbers on the edges"
          value={measure}
          options={MEASURES.map((it) => ({ value: it, label: MEASURE_WORDS[it] }))}
          onValue={(it) => setMeasure(MEASURES.find((name) => name === it) ?? "requests")}
        />
      </div>
      <Live key={version} version={version} span={span} measure={measure} />
    </>
  );
}

function Live({ version, span, measure }: { version: string; span: Span; measure: Measure }) {
  const { at, route } = useRoute();
  const graph = useQuery(oneVersion(at.account, at.gateway, at.id, version));
  const sums = useQuery(traffic(at, span, version));
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const doc = useMemo(() => (graph.data ? documentOf(graph.data.elements) : undefined), [graph.data]);
  const shown = useMemo(
    () => (doc && sums.data ? picture(doc, sums.data.edges, sums.data.total, measure) : undefined),
    [doc, sums.data, measure],
  );
  if (graph.error) return <ErrorState error={graph.error} retry={() => graph.refetch()} />;
  // Not before the numbers are there: it is fitted into its frame once.
  if (doc === undefined || sums.isPending) return <Skeleton rows={10} />;
  const edges = sums.data?.edges ?? [];
  const total = sums.data?.total;
  return (
    <>
      {sums.error && <ErrorState error={sums.error} retry={() => sums.refetch()} />}
      <p className="traffic-total" role="status">
        {total?.requests === 0 && (
          <span className="soft">No requests came through this version in this time.</span>
        )}
        {total !== undefined && total.requests > 0 && (
          <>
            <strong>{count(total.requests)} requests</strong>, {portion(total.errors, total.requests)} failed,{" "}
            {money(total.cost)}
            {total.unpriced_requests > 0 && `, without ${count(total.unpriced_requests)} of unknown price`}
            <span className="soft"> Click an edge for its requests.</span>
          </>
        )}
      </p>
      <div className="traffic-canvas">
        <Canvas
          label={`Traffic of ${route.name}`}
          document={doc}
          readOnly
          plain
          edgeData={shown?.edges}
          nodeData={shown?.elements}
          highlight={shown?.lit}
          selection={selection}
          onSelect={setSelection}
        />
      </div>
      {total && (
        <Outputs rows={rows(doc, edges)} total={total} version={version} span={span} selection={selection} />
      )}
    </>
  );
}

type OutputsProps = {
  rows: ReturnType<typeof rows>;
  total: Parameters<typeof sentence>[1];
  version: string;
  span: Span;
  selection: Selection;
};

/** The same in numbers; what is selected on the canvas comes alone. */
function Outputs({ rows, total, version, span, selection }: OutputsProps) {
  const { at } = useRoute();
  const selected = rows.filter(
    (it) =>
      selection.edges.has(edgeId(it.element, it.output)) ||
      (selection.edges.size === 0 && selection.elements.has(it.element)),
  );
  const shown = selected.length === 0 ? rows : selected;
  return (
    <section className="traffic-table" aria-label="Outputs">
      <table>
        <thead>
          <tr>
            <th scope="col">Output</th>
            {["Requests", "Share", "Errors", "p50", "p99", "Cost"].map((it) => (
              <th key={it} scope="col" className="end">
                {it}
              </th>
            ))}
            <th scope="col">
              <span className="hidden">Logs</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ element, output, sums }) => (
            <tr key={edgeId(element, output)}>
              <th scope="row">
                {element} <span className="soft">→ {output}</span>
              </th>
              <Numbers sums={sums} total={total} />
              <td>
                {sums && sums.requests > 0 && (
                  <Link
                    to="/g/$gateway/logs"
                    params={{ gateway: at.gateway }}
                    search={{ filters: through(at.id, version, element, output), span }}
                    aria-label={`Logs of ${element} → ${output}`}
                  >
                    Logs
                  </Link>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Numbers({ sums, total }: { sums: Edge | undefined; total: { requests: number } }) {
  if (sums === undefined) {
    return (
      <td colSpan={6} className="end soft">
        no requests
      </td>
    );
  }
  const cells = [
    count(sums.requests),
    portion(sums.requests, total.requests),
    portion(sums.errors, sums.requests),
    sums.duration ? <Duration key="p50" ms={sums.duration.p50} /> : "–",
    sums.duration ? <Duration key="p99" ms={sums.duration.p99} /> : "–",
    <Money key="cost" dollars={sums.cost} />,
  ];
  return cells.map((it, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: columns do not move
    <td key={i} className="end number">
      {it}
    </td>
  ));
}
