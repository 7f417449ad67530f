import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
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
import { ALL, fits, isPast, named, words } from "./deeds";
import { audit, type Deed } from "./queries";

export default function AuditPage() {
  const { account_id } = useSession();
  const [gateway, setGateway] = useState("");
  const [wanted, setWanted] = useState(ALL);
  const [further, setFurther] = useState(AT_ONCE);
  const [shown, setShown] = useState<Deed>();
  const all = useQuery(gateways(account_id));
  const log = useInfiniteQuery(audit(account_id, gateway));
  const loaded = log.data?.pages.flatMap((it) => it.result) ?? [];
  const total = log.data?.pages.at(-1)?.total ?? loaded.length;
  const rows = loaded.filter((it) => fits(it, wanted));
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = log;
  const more = () => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  };
  // The API knows only gateways: for anything else the log is read, newest first, until enough is found or it is too old.
  const oldest = loaded.at(-1);
  const isAll = !hasNextPage || (oldest !== undefined && isPast(oldest, wanted));
  const seeking =
    wanted !== ALL && !isAll && !isFetchNextPageError && rows.length < ENOUGH && loaded.length < further;
  useEffect(() => {
    if (seeking && !isFetchingNextPage) void fetchNextPage();
  }, [seeking, isFetchingNextPage, fetchNextPage]);
  const look = (next: Partial<typeof ALL>) => {
    setFurther(loaded.length + AT_ONCE);
    const now = { ...wanted, ...next };
    setWanted(Object.values(now).every((it) => it === "") ? ALL : now);
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
              onValue={(actor) => look({ actor })}
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
              onValue={(action) => look({ action })}
            />
          )}
        </Field>
        <TextField
          label="Search"
          placeholder="a name, an id, a value"
          value={wanted.text}
          onValue={(text) => look({ text })}
        />
        <Day label="From" value={wanted.from} onValue={(from) => look({ from })} />
        <Day label="To" value={wanted.to} onValue={(to) => look({ to })} />
      </search>
      {log.isPending && <Skeleton />}
      {log.error && log.data === undefined && <ErrorState error={log.error} retry={() => log.refetch()} />}
      {log.data && loaded.length === 0 && (
        <EmptyState title="Nothing was changed yet">Every change through the API is written here.</EmptyState>
      )}
      {loaded.length > 0 && (
        <p className="soft audit-note" role="status">
          {wanted === ALL
            ? `${count(total)} ${total === 1 ? "entry" : "entries"}`
            : `${count(rows.length)} found among ${isAll ? "all that could fit" : `the newest ${count(loaded.length)} of ${count(total)}`}`}
          {seeking && "; looking further back…"}
          {wanted !== ALL && !isAll && !seeking && (
            <Button busy={isFetchingNextPage} onClick={() => look({})}>
              Look further back
            </Button>
          )}
          {log.error !== null && log.data !== undefined && (
            <span className="field-bad">What is older could not be read. Look again in a moment.</span>
          )}
        </p>
      )}
      {rows.length > 0 && (
        <Table
          label="Audit log"
          tall
          columns={columns(setShown)}
          rows={rows}
          rowCount={wanted === ALL ? total : undefined}
          id={(it) => it.id}
          onEnd={isAll || isFetchNextPageError ? undefined : more}
        />
      )}
      {loaded.length > 0 && rows.length === 0 && !seeking && (
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

/** Found entries that fill a window. */
const ENOUGH = 50;
/** How many are looked through by themselves, before one is asked. */
const AT_ONCE = 2000;

function Day({ label, value, onValue }: { label: string; value: string; onValue: (value: string) => void }) {
  return (
    <Field label={label}>
      {(control) => (
        <input {...control} type="date" value={value} onChange={(event) => onValue(event.target.value)} />
      )}
    </Field>
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
