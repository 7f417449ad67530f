import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSession } from "@/session/context";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { count } from "@/ui/format";
import { EmptyState, ErrorState, Skeleton } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { useSettled } from "@/ui/useSettled";
import { RelativeTime } from "@/ui/Values";
import "@/ui/form.css";
import "./audit.css";
import { ALL, distinct, named, type Wanted, words } from "./deeds";
import { Filters } from "./Filters";
import { audit, type Deed } from "./queries";

export default function AuditPage() {
  const { account_id } = useSession();
  const [wanted, setWanted] = useState(ALL);
  const settled = useSettled(wanted);
  const [shown, setShown] = useState<Deed>();
  const log = useInfiniteQuery(audit(account_id, settled));
  const rows = distinct(log.data?.pages.flatMap((it) => it.result) ?? []);
  const total = log.data?.pages.at(-1)?.total ?? rows.length;
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = log;
  const more = () => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  };
  return (
    <>
      <div className="page-head">
        <h1>Audit</h1>
        <span className="soft">Who changed what, newest first</span>
      </div>
      <Filters wanted={wanted} onWanted={setWanted} />
      {log.isPending && <Skeleton />}
      {log.error && log.data === undefined && <ErrorState error={log.error} retry={() => log.refetch()} />}
      {log.data && rows.length === 0 && <Nothing wanted={settled} onAll={() => setWanted(ALL)} />}
      {rows.length > 0 && (
        <p className="soft audit-note" role="status">
          {settled === ALL ? `${count(total)} ${total === 1 ? "entry" : "entries"}` : `${count(total)} found`}
          {log.error !== null && (
            <>
              <span className="field-bad">
                {isFetchNextPageError ? "What is older could not be read." : "This may be out of date."}
              </span>
              <Button
                busy={log.isFetching}
                onClick={() => (isFetchNextPageError ? fetchNextPage() : log.refetch())}
              >
                Look again
              </Button>
            </>
          )}
        </p>
      )}
      {rows.length > 0 && (
        <Table
          label="Audit log"
          tall
          columns={columns(setShown)}
          rows={rows}
          rowCount={total}
          id={(it) => it.id}
          onEnd={hasNextPage && !isFetchNextPageError ? more : undefined}
        />
      )}
      <Dialog
        open={shown !== undefined}
        title={shown ? words(shown.action) : ""}
        onClose={() => setShown(undefined)}
      >
        {shown && <Detail deed={shown} />}
      </Dialog>
    </>
  );
}

function Nothing({ wanted, onAll }: { wanted: Wanted; onAll: () => void }) {
  if (wanted !== ALL) {
    return <EmptyState title="No entry fits" action={<Button onClick={onAll}>Show all of them</Button>} />;
  }
  return (
    <EmptyState title="Nothing was changed yet">Every change through the API is written here.</EmptyState>
  );
}

function columns(onShow: (it: Deed) => void): readonly Column<Deed>[] {
  return [
    { key: "when", title: "When", cell: (it) => <RelativeTime time={it.created_at} /> },
    { key: "who", title: "Who", minor: true, cell: (it) => it.actor.name },
    { key: "what", title: "What", cell: (it) => words(it.action) },
    { key: "which", title: "Which", minor: true, cell: (it) => <span title={it.resource}>{named(it)}</span> },
    { key: "gateway", title: "Gateway", minor: true, cell: (it) => it.gateway_id ?? "–" },
    {
      key: "more",
      title: "",
      align: "end",
      cell: (it) => (
        <Button
          look="quiet"
          aria-label={`Details: ${words(it.action)}, ${named(it)}`}
          onClick={() => onShow(it)}
        >
          Details
        </Button>
      ),
    },
  ];
}

function Detail({ deed }: { deed: Deed }) {
  return (
    <>
      <dl className="audit-facts">
        <dt>When</dt>
        <dd>{new Date(deed.created_at).toLocaleString()}</dd>
        <dt>Who</dt>
        <dd>
          {deed.actor.name} <code className="soft">{deed.actor.id}</code>
        </dd>
        <dt>Gateway</dt>
        <dd>{deed.gateway_id ?? "none: it concerns the account"}</dd>
        <dt>Id</dt>
        <dd>
          <code>{deed.resource}</code>
        </dd>
      </dl>
      <section aria-label="What was changed" className="audit-json">
        <pre>{JSON.stringify(deed.detail, null, 2)}</pre>
      </section>
    </>
  );
}
