import { useQuery } from "@tanstack/react-query";
import { Badge } from "@/ui/Badge";
import { EmptyState, ErrorState, Skeleton } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { RelativeTime } from "@/ui/Values";
import "@/ui/form.css";
import { eventPrice } from "./price";
import { history, type PriceEvent } from "./queries";

/** Every price that was ever set or taken back. */
export function History({ account }: { account: string }) {
  const list = useQuery(history(account));
  if (list.isPending) return <Skeleton />;
  if (list.error) return <ErrorState error={list.error} retry={() => list.refetch()} />;
  if (list.data.length === 0) {
    return (
      <EmptyState title="No price was ever set">Each that is set or taken back is kept here.</EmptyState>
    );
  }
  return (
    <>
      <div className="panel-head soft">Dollars a million tokens</div>
      <Table label="History of prices" tall columns={COLUMNS} rows={list.data} id={(it) => it.version} />
    </>
  );
}

const COLUMNS: readonly Column<PriceEvent>[] = [
  { key: "when", title: "When", cell: (it) => <RelativeTime time={it.effective_from} /> },
  {
    key: "model",
    title: "Model",
    cell: (it) => (
      <>
        <span className="soft">{it.provider}/</span>
        <strong>{it.model}</strong>
      </>
    ),
  },
  { key: "where", title: "Where", minor: true, cell: (it) => it.gateway_id ?? "all gateways" },
  {
    key: "input",
    title: "Input",
    align: "end",
    cell: (it) => eventPrice(it, "input") ?? <Badge>taken back</Badge>,
  },
  {
    key: "output",
    title: "Output",
    align: "end",
    cell: (it) => eventPrice(it, "output") ?? "–",
  },
  { key: "who", title: "Who", minor: true, cell: (it) => it.set_by },
];
