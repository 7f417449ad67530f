import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { gateways } from "@/api/queries";
import { useSession } from "@/session/context";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Field } from "@/ui/Field";
import { count } from "@/ui/format";
import { Select } from "@/ui/Select";
import { EmptyState, ErrorState, Skeleton } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { TextField } from "@/ui/TextField";
import { RelativeTime } from "@/ui/Values";
import "@/ui/form.css";
import "./audit.css";
import { ALL, fits, named, words } from "./deeds";
import { audit, type Deed } from "./queries";

export default function AuditPage() {
  const { account_id } = useSession();
  const [gateway, setGateway] = useState("");
  const [wanted, setWanted] = useState(ALL);
  const [shown, setShown] = useState<Deed>();
  const all = useQuery(gateways(account_id));
  const log = useInfiniteQuery(audit(account_id, gateway));
  const loaded = log.data?.pages.flatMap((it) => it.result) ?? [];
  const total = log.data?.pages.at(-1)?.total ?? loaded.length;
  const rows = loaded.filter((it) => fits(it, wanted));
  const more = () => {
    if (log.hasNextPage && !log.isFetchingNextPage) void log.fetchNextPage();
  };
  const actors = new Map(loaded.map((it) => [it.actor.id, it.actor.name]));
  const actions = [...new Set(loaded.map((it) => it.action))].sort();
  return (
    <>
      <div className="page-head">
        <h1>Audit</h1>
        <span className="soft">Who changed what, newest first</span>
      </div>
      <search className="audit-bar">
        <Field label="Gateway">
          {(control) => (
            <Select
              {...control}
              value={gateway}
              options={[
                { value: "", label: "All, and none" },
                ...(all.data ?? []).map((it) => ({ value: it.id, label: it.id })),
              ]}
              onValue={setGateway}
            />
          )}
        </Field>
        <Field label="Who">
          {(control) => (
            <Select
              {...control}
              value={wanted.actor}
              options={[
                { value: "", label: "Anybody" },
                ...[...actors].map(([value, label]) => ({ value, label })),
              ]}
              onValue={(actor) => setWanted({ ...wanted, actor })}
            />
          )}
        </Field>
        <Field label="What">
          {(control) => (
            <Select
              {...control}
              value={wanted.action}
              options={[
                { value: "", label: "Anything" },
                ...actions.map((value) => ({ value, label: words(value) })),
              ]}
              onValue={(action) => setWanted({ ...wanted, action })}
            />
          )}
        </Field>
        <TextField
          label="Search"
          placeholder="a name, an id, a value"
          value={wanted.text}
          onValue={(text) => setWanted({ ...wanted, text })}
        />
      </search>
      {log.isPending && <Skeleton />}
      {log.error && <ErrorState error={log.error} retry={() => log.refetch()} />}
      {log.data && loaded.length === 0 && (
        <EmptyState title="Nothing was changed yet">Every change through the API is written here.</EmptyState>
      )}
      {loaded.length > 0 && (
        <p className="soft audit-note" role="status">
          {count(rows.length)} of {count(loaded.length)} entries
          {log.hasNextPage && (
            <>
              ; the log has {count(total)}{" "}
              <Button busy={log.isFetchingNextPage} onClick={more}>
                Look further back
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
          onEnd={wanted === ALL ? more : undefined}
        />
      )}
      {loaded.length > 0 && rows.length === 0 && (
        <EmptyState
          title="No entry fits"
          action={<Button onClick={() => setWanted(ALL)}>Show all of them</Button>}
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

function columns(onShow: (it: Deed) => void): readonly Column<Deed>[] {
  return [
    { key: "when", title: "When", cell: (it) => <RelativeTime time={it.created_at} /> },
    { key: "who", title: "Who", cell: (it) => it.actor.name },
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
