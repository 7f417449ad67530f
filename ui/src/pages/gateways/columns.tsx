import { Link } from "@tanstack/react-router";
import { actionColumn } from "@/ui/actions";
import { Badge } from "@/ui/Badge";
import { count } from "@/ui/format";
import type { Column } from "@/ui/Table";
import { RelativeTime } from "@/ui/Values";
import type { Gateway } from "./queries";

/** `onDelete`: only for those who may. */
export function columns(onDelete: ((gateway: Gateway) => void) | undefined): readonly Column<Gateway>[] {
  return [
    { key: "id", title: "Gateway", cell: settings },
    {
      key: "access",
      title: "Access",
      cell: (it) =>
        it.authentication ? <Badge tone="good">Token needed</Badge> : <Badge tone="warn">Open</Badge>,
    },
    { key: "logs", title: "Logs", minor: true, cell: logs },
    { key: "cache", title: "Kept answers", minor: true, cell: (it) => cache(it.cache_ttl) },
    { key: "rate", title: "Limit of requests", minor: true, cell: rate },
    {
      key: "spend",
      title: "Spend rules",
      align: "end",
      minor: true,
      cell: (it) => (it.spend_limits?.enabled === false ? 0 : (it.spend_limits?.rules.length ?? 0)),
    },
    { key: "changed", title: "Changed", minor: true, cell: (it) => <RelativeTime time={it.modified_at} /> },
    ...actionColumn<Gateway>({ label: "Delete", name: (it) => `Delete gateway ${it.id}`, onDo: onDelete }),
  ];
}

function settings(it: Gateway) {
  return (
    <Link to="/g/$gateway/settings" params={{ gateway: it.id }}>
      <strong>{it.id}</strong>
    </Link>
  );
}

function logs(it: Gateway): string {
  if (!it.collect_logs) return "off";
  return it.collect_log_payloads ? "with bodies" : "without bodies";
}

function cache(seconds: number): string {
  return seconds === 0 ? "off" : `${count(seconds)} s`;
}

function rate(it: Gateway): string {
  if (it.rate_limiting_limit === 0) return "none";
  return `${count(it.rate_limiting_limit)} in ${count(it.rate_limiting_interval)} s`;
}
