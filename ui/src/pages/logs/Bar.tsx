import { type FormEvent, useEffect, useState } from "react";
import { Button } from "@/ui/Button";
import type { Suggestion } from "@/ui/Combobox";
import { Dialog } from "@/ui/Dialog";
import { Select } from "@/ui/Select";
import { useFocusKept } from "@/ui/useFocusKept";
import { FilterForm } from "./FilterForm";
import { type Filter, type Names, without, words } from "./filters";
import { type Search, SPANS, type Span } from "./search";

type Props = {
  search: Search;
  onSearch: (search: Search) => void;
  seen: (key: string) => readonly Suggestion[];
  /** What values are called. */
  name: Names | undefined;
};

const SPAN_WORDS: Readonly<Record<Span, string>> = {
  "15m": "Last 15 minutes",
  "1h": "Last hour",
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
};

/** Everything that says which logs are shown. */
export function Bar({ search, onSearch, seen, name }: Props) {
  const [editing, setEditing] = useState<number | "new">();
  const kept = useFocusKept<HTMLDivElement>();
  const change = (part: Partial<Search>) => onSearch({ ...search, ...part });
  const done = (filter: Filter) => {
    const { filters } = search;
    change({ filters: typeof editing === "number" ? filters.with(editing, filter) : [...filters, filter] });
    setEditing(undefined);
  };
  return (
    <div {...kept}>
      <div className="log-bar">
        <Text value={search.text} onValue={(text) => change({ text })} />
        <Select
          aria-label="Time"
          value={search.span ?? ""}
          options={[
            { value: "", label: "Any time" },
            ...Object.entries(SPAN_WORDS).map(([value, label]) => ({ value, label })),
          ]}
          onValue={(it) => change({ span: (Object.keys(SPANS) as Span[]).find((span) => span === it) })}
        />
        <Select
          aria-label="Outcome"
          value={outcome(search.filters)}
          options={[
            { value: "", label: "Any outcome" },
            { value: "true", label: "Succeeded" },
            { value: "false", label: "Failed" },
          ]}
          onValue={(it) => change({ filters: withOutcome(search.filters, it) })}
        />
        <Button onClick={() => setEditing("new")}>Add filter</Button>
      </div>
      <Chips search={search} name={name} onSearch={onSearch} onEdit={setEditing} />
      <Dialog
        open={editing !== undefined}
        title={editing === "new" ? "Add a filter" : "Change the filter"}
        onClose={() => setEditing(undefined)}
      >
        <FilterForm
          filter={typeof editing === "number" ? search.filters[editing] : undefined}
          seen={seen}
          onDone={done}
          onCancel={() => setEditing(undefined)}
        />
      </Dialog>
    </div>
  );
}

function outcome(filters: readonly Filter[]): string {
  const found = filters.find((it) => it.key === "success" && it.operator === "eq");
  return found?.value.length === 1 ? String(found.value[0]) : "";
}

function withOutcome(filters: readonly Filter[], value: string): readonly Filter[] {
  const others = filters.filter((it) => it.key !== "success" || it.operator !== "eq");
  return value === "" ? others : [...others, { key: "success", operator: "eq", value: [value] }];
}

/** Searched for when one presses Enter or leaves it: every letter would be a question to the database. */
function Text({ value, onValue }: { value: string; onValue: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const send = () => typed !== value && onValue(typed);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: the browser of the tests knows no search element
    <form className="log-text" role="search" onSubmit={submit}>
      <input
        className="input"
        type="search"
        aria-label="Search in provider, model and metadata"
        placeholder="Provider, model, metadata"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          // The cross of a search field empties it, and means it.
          if (event.target.value === "") onValue("");
        }}
        onBlur={send}
      />
    </form>
  );
}

type ChipsProps = Pick<Props, "search" | "onSearch" | "name"> & { onEdit: (index: number) => void };

function Chips({ search, onSearch, name, onEdit }: ChipsProps) {
  const { filters } = search;
  if (filters.length === 0) return null;
  return (
    <ul className="log-chips" aria-label="Filters">
      {filters.map((it, i) => (
        <Chip
          // biome-ignore lint/suspicious/noArrayIndexKey: two filters may be equal, and order is their meaning
          key={i}
          text={words(it, name)}
          onEdit={() => onEdit(i)}
          onDrop={() => onSearch({ ...search, filters: without(filters, i) })}
        />
      ))}
      <li>
        <Button look="quiet" onClick={() => onSearch({ ...search, filters: [], text: "" })}>
          Clear all
        </Button>
      </li>
    </ul>
  );
}

function Chip({ text, onEdit, onDrop }: { text: string; onEdit: () => void; onDrop: () => void }) {
  return (
    <li className="log-chip">
      <button type="button" className="log-chip-text" onClick={onEdit} title="Change this filter">
        {text}
      </button>
      <button type="button" className="log-chip-drop" onClick={onDrop} aria-label={`Remove: ${text}`}>
        ×
      </button>
    </li>
  );
}
