import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { metadataKeys } from "@/api/metadata";
import { useGateway } from "@/app/gateway";
import { Allowed, useMay, useSession } from "@/session/context";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { count } from "@/ui/format";
import { EmptyState, ErrorState, Skeleton } from "@/ui/States";
import { Table } from "@/ui/Table";
import { Bar } from "./Bar";
import { columns } from "./columns";
import { DeleteLogs } from "./DeleteLogs";
import { FirstRequest } from "./FirstRequest";
import { narrowed } from "./filters";
import { names } from "./names";
import { deletion, isPlain, ORDERS, readSearch, type Search, writeSearch } from "./search";
import { seen } from "./seen";
import { useLogs } from "./useLogs";
import "./logs.css";

export default function LogsPage() {
  const { account_id } = useSession();
  const gateway = useGateway();
  const given: unknown = useSearch({ strict: false });
  const key = JSON.stringify(given);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address is the same while its text is
  const search = useMemo(() => readSearch(given), [key]);
  const navigate = useNavigate();
  const [live, setLive] = useState(true);
  const [deleting, setDeleting] = useState<ReturnType<typeof deletion> | "closed">("closed");
  const list = useLogs(account_id, gateway, search, live);
  const known = useQuery(names(account_id, gateway, useMay("admin")));
  const keys = useQuery(metadataKeys(account_id, gateway));
  const go = (next: Search) =>
    navigate({ to: "/g/$gateway/logs", params: { gateway }, search: writeSearch(next) });

  const shown = columns(gateway, (field, value) =>
    go({ ...search, filters: narrowed(search.filters, field, value) }),
  );
  const suggest = (field: string) =>
    field === "metadata.key" && keys.data !== undefined
      ? keys.data.map((value) => ({ value }))
      : [...(known.data?.suggest(field) ?? []), ...seen(list.rows, field)];
  const order = (column: string) => {
    const next = ORDERS.find((it) => it === column);
    if (next === undefined) return;
    // The first click shows the newest, the failed and the hits first; the second turns it round.
    const ascending = search.order === next && !search.ascending;
    go({ ...search, order: next, ascending });
  };
  return (
    <>
      <div className="page-head">
        <h1>Logs</h1>
        <div className="log-tools">
          <Button look="quiet" aria-pressed={live} onClick={() => setLive(!live)}>
            <span
              className={live && list.failed === undefined ? "log-live-dot" : "log-live-dot log-live-off"}
            />
            {live ? "Live" : "Paused"}
          </Button>
          <Button look="quiet" onClick={list.again}>
            Reload
          </Button>
          <Allowed to="write">
            <Button look="danger" onClick={() => setDeleting(deletion(search, Date.now()))}>
              Delete…
            </Button>
          </Allowed>
        </div>
      </div>
      <Bar search={search} onSearch={go} seen={suggest} name={known.data?.name} />
      {list.isPending && <Skeleton rows={12} />}
      {list.error && <ErrorState error={list.error} retry={list.again} />}
      {!list.isPending && !list.error && (
        <>
          <p className="log-count soft" role="status">
            {count(list.total)} {list.total === 1 ? "request" : "requests"}
            {live && list.failed && <span className="log-stale"> Not up to date: {list.failed}</span>}
          </p>
          {list.rows.length > 0 && (
            <div className={list.isOld ? "log-table log-old" : "log-table"} aria-busy={list.isOld}>
              <Table
                label="Logs"
                columns={shown}
                rows={list.rows}
                id={(it) => it.id}
                tall
                rowCount={list.total}
                order={{ key: search.order, ascending: search.ascending }}
                onOrder={order}
                onEnd={list.moreError ? undefined : list.more}
              />
            </div>
          )}
          {list.moreError && <ErrorState error={list.moreError} retry={list.more} />}
          {list.rows.length === 0 && !list.isOld && isPlain(search) && (
            <FirstRequest account={account_id} gateway={gateway} />
          )}
          {list.rows.length === 0 && !list.isOld && !isPlain(search) && (
            <EmptyState
              title="No log fits"
              action={<Button onClick={() => go({ ...readSearch({}) })}>Show all logs</Button>}
            >
              Take a filter away, or look at a longer time.
            </EmptyState>
          )}
        </>
      )}
      <Dialog open={deleting !== "closed"} title="Delete logs" onClose={() => setDeleting("closed")}>
        {deleting !== "closed" && (
          <DeleteLogs
            account={account_id}
            gateway={gateway}
            filters={deleting}
            onClose={() => setDeleting("closed")}
          />
        )}
      </Dialog>
    </>
  );
}
