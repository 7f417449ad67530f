import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Badge } from "@/ui/Badge";
import { count } from "@/ui/format";
import type { Column } from "@/ui/Table";
import { Duration, Money } from "@/ui/Values";
import type { Value } from "./filters";
import type { Log } from "./queries";
import { when } from "./when";

export type Narrow = (key: string, value: Value) => void;

/** A value in the words of a table, and what a click on it does: only logs like this one. */
function Only({ what, onClick, children }: { what: string; onClick: () => void; children: ReactNode }) {
  return (
    <button type="button" className="log-only" tabIndex={-1} title={`Only ${what}`} onClick={onClick}>
      {children}
    </button>
  );
}

export function columns(gateway: string, narrow: Narrow): readonly Column<Log>[] {
  const only = (key: string, value: string, title: string, shown: ReactNode) => (
    <Only what={`${title} ${value}`} onClick={() => narrow(key, value)}>
      {shown}
    </Only>
  );
  return [
    {
      key: "created_at",
      title: "Time",
      orderable: true,
      cell: (it) => (
        <Link
          to="/g/$gateway/logs/$log"
          params={{ gateway, log: it.id }}
          className="log-time number"
          title={it.created_at}
        >
          {when(it.created_at, Date.now())}
        </Link>
      ),
    },
    {
      key: "success",
      title: "Status",
      orderable: true,
      cell: (it) => only("success", String(it.success), "success", <Status log={it} />),
    },
    {
      key: "route",
      title: "Route",
      cell: (it) => {
        const { route, route_id } = it.pointsman;
        if (!route || !route_id) return <span className="soft">direct</span>;
        return (
          <Only what={`route ${route}`} onClick={() => narrow("route", route_id)}>
            {route}
          </Only>
        );
      },
    },
    {
      key: "provider",
      title: "Provider",
      orderable: true,
      minor: true,
      cell: (it) => only("provider", it.provider, "provider", it.provider),
    },
    {
      key: "model",
      title: "Model",
      orderable: true,
      cell: (it) => only("model", it.model, "model", <span className="log-model">{it.model}</span>),
    },
    {
      key: "tokens",
      title: "Tokens in → out",
      align: "end",
      minor: true,
      cell: (it) => {
        if (it.tokens_in == null && it.tokens_out == null) return <span className="soft">–</span>;
        return `${count(it.tokens_in ?? 0)} → ${count(it.tokens_out ?? 0)}`;
      },
    },
    {
      key: "cost",
      title: "Cost",
      align: "end",
      cell: (it) =>
        it.cost == null ? (
          <span className="soft" title="The price is not known, or nothing was used">
            –
          </span>
        ) : (
          <Money dollars={it.cost} />
        ),
    },
    {
      key: "duration",
      title: "Duration",
      align: "end",
      minor: true,
      cell: (it) => <Duration ms={it.duration} />,
    },
    {
      key: "cached",
      title: "Cache",
      orderable: true,
      minor: true,
      cell: (it) =>
        it.cached ? (
          only("cached", "true", "cached", <Badge tone="good">Hit</Badge>)
        ) : (
          <span className="soft">–</span>
        ),
    },
  ];
}

/** The status in its colour; for those who see none, the cause says what went wrong. */
function Status({ log }: { log: Log }) {
  const tone = log.success ? "good" : log.status_code === 429 ? "warn" : "bad";
  return (
    <>
      <Badge tone={tone}>{log.status_code}</Badge>
      {log.pointsman.cause && <span className="soft log-cause"> {log.pointsman.cause}</span>}
    </>
  );
}
