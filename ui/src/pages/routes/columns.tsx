import { Link } from "@tanstack/react-router";
import { Badge } from "@/ui/Badge";
import { count, portion } from "@/ui/format";
import type { Column } from "@/ui/Table";
import { Money, RelativeTime } from "@/ui/Values";
import type { Route, Sums, Traffic } from "./queries";

const NONE: Sums = { requests: 0, errors: 0, cost: 0 };

/** `failed`: traffic could not be had; that is not the same as none. */
export function columns(
  gateway: string,
  traffic: Traffic | undefined,
  failed: boolean,
): readonly Column<Route>[] {
  const sums = (it: Route) => traffic?.byRoute.get(it.id) ?? (traffic?.complete ? NONE : undefined);
  const shown = (it: Route, cell: (sums: Sums) => React.ReactNode) => {
    const found = sums(it);
    if (found) return cell(found);
    return <span title={failed ? "Analytics could not be read" : "Not known"}>–</span>;
  };
  return [
    {
      key: "name",
      title: "Name",
      cell: (it) => (
        <Link to="/g/$gateway/routes/$id" params={{ gateway, id: it.id }} className="routes-name">
          {it.name}
        </Link>
      ),
    },
    { key: "state", title: "State", cell: state },
    { key: "version", title: "Version", align: "end", minor: true, cell: (it) => it.version?.number ?? "–" },
    { key: "deployed", title: "Last deploy", minor: true, cell: deployed },
    { key: "requests", title: "Requests", align: "end", cell: (it) => shown(it, (s) => count(s.requests)) },
    {
      key: "errors",
      title: "Errors",
      align: "end",
      cell: (it) => shown(it, (s) => portion(s.errors, s.requests)),
    },
    {
      key: "cost",
      title: "Cost",
      align: "end",
      minor: true,
      cell: (it) => shown(it, (s) => <Money dollars={s.cost} />),
    },
  ];
}

function state(it: Route) {
  return it.deployment ? <Badge tone="good">Live</Badge> : <Badge>Not deployed</Badge>;
}

function deployed(it: Route) {
  if (!it.deployment) return "–";
  return (
    <>
      <RelativeTime time={it.deployment.created_at} />{" "}
      <span className="soft">{it.deployment.created_by}</span>
    </>
  );
}
