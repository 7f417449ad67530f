import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { metadataKeys } from "@/api/metadata";
import { useGateway } from "@/app/gateway";
import { useSession } from "@/session/context";
import { Button } from "@/ui/Button";
import { Combobox } from "@/ui/Combobox";
import { Dialog } from "@/ui/Dialog";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { useFocusKept } from "@/ui/useFocusKept";
import { valueWords, type Words } from "./queries";
import {
  BUCKETS,
  type Dimension,
  dimensions,
  isDimension,
  LIMITS,
  ORDERS,
  PERCENTILES,
  type Search,
  SPANS,
  type Span,
} from "./search";

type Props = { search: Search; onSearch: (search: Search) => void; words: Words };

const SPAN_WORDS: Readonly<Record<Span, string>> = {
  "1h": "Last hour",
  "3h": "Last 3 hours",
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
  "90d": "Last 90 days",
};
const DIMENSION_WORDS = new Map<string, string>([["key", "token"]]);
const OWN = "own";

export function Controls({ search, onSearch, words }: Props) {
  const [asking, setAsking] = useState<"time" | "metadata">();
  const kept = useFocusKept<HTMLDivElement>();
  const change = (part: Partial<Search>) => onSearch({ ...search, ...part });
  const own = search.start !== undefined || search.end !== undefined;
  const span = (value: string) => {
    if (value === OWN) setAsking("time");
    const found = Object.keys(SPANS).find((it): it is Span => it === value);
    if (found) change({ span: found, start: undefined, end: undefined });
  };
  return (
    <div {...kept}>
      <div className="chart-controls">
        <Select
          aria-label="Time"
          value={own ? OWN : search.span}
          options={[
            ...Object.entries(SPAN_WORDS).map(([value, label]) => ({ value, label })),
            { value: OWN, label: own ? ownWords(search) : "Between two times…" },
          ]}
          onValue={span}
        />
        {own && <Button onClick={() => setAsking("time")}>Change times</Button>}
        <Select
          aria-label="Bucket"
          value={search.bucket ?? ""}
          options={[
            { value: "", label: "Bucket: by the time" },
            ...BUCKETS.map((it) => ({ value: it, label: `By ${it}` })),
          ]}
          onValue={(it) => change({ bucket: BUCKETS.find((name) => name === it) })}
        />
        {[0, 1, 2].slice(0, Math.min(3, search.group.length + 1)).map((i) => (
          <Group key={i} at={i} search={search} change={change} onMetadata={() => setAsking("metadata")} />
        ))}
        {search.group.length > 0 && (
          <>
            <Select
              aria-label="How many groups"
              value={String(search.limit)}
              options={LIMITS.map((it) => ({ value: String(it), label: `Top ${it}` }))}
              onValue={(it) => change({ limit: Number(it) })}
            />
            <Select
              aria-label="The largest by"
              value={search.order}
              options={ORDERS.map((it) => ({ value: it, label: `by ${it}` }))}
              onValue={(it) => change({ order: ORDERS.find((name) => name === it) ?? "requests" })}
            />
            <Select
              aria-label="Percentile"
              value={search.percentile}
              options={PERCENTILES.map((it) => ({ value: it, label: it }))}
              onValue={(it) => change({ percentile: PERCENTILES.find((name) => name === it) ?? "p95" })}
            />
          </>
        )}
      </div>
      {search.only.length > 0 && (
        <ul className="chart-only" aria-label="Only">
          {search.only.map((it) => {
            const text = `${DIMENSION_WORDS.get(it.dimension) ?? it.dimension}: ${valueWords(words, it.dimension, it.value)}`;
            const drop = () => change({ only: search.only.filter((other) => other !== it) });
            return (
              <li key={it.dimension}>
                {text}
                <button type="button" aria-label={`Remove: ${text}`} onClick={drop}>
                  ×
                </button>
              </li>
            );
          })}
        </ul>
      )}
      <Dialog open={asking === "time"} title="Between two times" onClose={() => setAsking(undefined)}>
        <Times
          search={search}
          onDone={(start, end) => {
            change({ start, end });
            setAsking(undefined);
          }}
        />
      </Dialog>
      <Dialog open={asking === "metadata"} title="Group by metadata" onClose={() => setAsking(undefined)}>
        <Metadata
          onDone={(key) => {
            const others = search.group.filter((it) => !it.startsWith("metadata.")).slice(0, 2);
            change({ group: [...others, `metadata.${key}`] });
            setAsking(undefined);
          }}
        />
      </Dialog>
    </div>
  );
}

type GroupProps = {
  at: number;
  search: Search;
  change: (part: Partial<Search>) => void;
  onMetadata: () => void;
};

function Group({ at, search, change, onMetadata }: GroupProps) {
  const { group } = search;
  const mine = group[at] ?? "";
  const free: readonly Dimension[] = dimensions(search).filter((it) => it === mine || !group.includes(it));
  const choose = (value: string) => {
    if (value === "metadata") onMetadata();
    else if (value === "") change({ group: group.filter((_, i) => i !== at) });
    else if (isDimension(value))
      change({ group: at < group.length ? group.with(at, value) : [...group, value] });
  };
  return (
    <Select
      aria-label={at === 0 ? "Group by" : "and by"}
      value={mine}
      options={[
        { value: "", label: at === 0 ? "No groups" : mine === "" ? "and by…" : "nothing more" },
        ...free.map((it) => ({
          value: it,
          label: `${at === 0 ? "By" : "and"} ${DIMENSION_WORDS.get(it) ?? it}`,
        })),
        ...(mine.startsWith("metadata.")
          ? [{ value: mine, label: `${at === 0 ? "By" : "and"} ${mine}` }]
          : []),
        ...(search.of === "requests" ? [{ value: "metadata", label: "metadata…" }] : []),
      ]}
      onValue={choose}
    />
  );
}

function ownWords({ start, end }: Search): string {
  const words = (it: string) =>
    new Date(it).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
  return `${start ? words(start) : "a day before"} – ${end ? words(end) : "now"}`;
}

function Times({ search, onDone }: { search: Search; onDone: (start?: string, end?: string) => void }) {
  const [start, setStart] = useState(local(search.start));
  const [end, setEnd] = useState(local(search.end));
  const backwards = start !== "" && end !== "" && start >= end;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!backwards) onDone(iso(start), iso(end));
  };
  return (
    <form className="chart-form" onSubmit={submit}>
      <Field label="From" hint="In this browser’s time zone. Empty: a day before the end.">
        {(it) => (
          <input
            {...it}
            type="datetime-local"
            value={start}
            onChange={(event) => setStart(event.target.value)}
          />
        )}
      </Field>
      <Field
        label="To"
        hint="Empty: now."
        problems={backwards ? ["The end is not after the beginning."] : []}
      >
        {(it) => (
          <input {...it} type="datetime-local" value={end} onChange={(event) => setEnd(event.target.value)} />
        )}
      </Field>
      <Button type="submit" look="primary">
        Show
      </Button>
    </form>
  );
}

function Metadata({ onDone }: { onDone: (key: string) => void }) {
  const { account_id } = useSession();
  const [key, setKey] = useState("");
  const known = useQuery(metadataKeys(account_id, useGateway()));
  useEffect(() => setKey(""), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (key.trim() !== "") onDone(key.trim());
  };
  return (
    <form className="chart-form" onSubmit={submit}>
      <Field label="Key" hint="As callers send it in cf-aig-metadata: team, user. By hour and day only.">
        {(control) => (
          <Combobox
            control={control}
            value={key}
            onValue={setKey}
            suggestions={(known.data ?? []).map((value) => ({ value }))}
          />
        )}
      </Field>
      <Button type="submit" look="primary" disabled={key.trim() === ""}>
        Group by it
      </Button>
    </form>
  );
}

function local(time: string | undefined): string {
  if (time === undefined) return "";
  const at = new Date(time);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function iso(value: string): string | undefined {
  return value === "" ? undefined : new Date(value).toISOString();
}
