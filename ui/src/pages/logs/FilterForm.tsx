import { type FormEvent, useState } from "react";
import { Button } from "@/ui/Button";
import { Combobox, type Suggestion } from "@/ui/Combobox";
import { type Control, Field } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { FIELDS, fieldOf, type Field as Key, type Operator, operatorWords } from "./fields";
import { type Filter, wrong } from "./filters";

type Props = {
  /** What is changed; nothing for a new one. */
  filter: Filter | undefined;
  /** Values that were seen, by key. */
  seen: (key: string) => readonly Suggestion[];
  onDone: (filter: Filter) => void;
  onCancel: () => void;
};

const ABSENT = "";

export function FilterForm({ filter, seen, onDone, onCancel }: Props) {
  const [key, setKey] = useState(filter?.key ?? "model");
  const [operator, setOperator] = useState<Operator>(filter?.operator ?? "eq");
  const [values, setValues] = useState<readonly string[]>(filter?.value.map((it) => it ?? ABSENT) ?? [""]);
  const [absent, setAbsent] = useState(filter?.value.includes(null) ?? false);
  const [tried, setTried] = useState(false);
  const field = fieldOf(key);
  if (field === undefined) return null;

  const equality = operator === "eq" || operator === "neq";
  const mayBeAbsent = equality && key !== "metadata.value";
  const made: Filter = {
    key,
    operator,
    value: absent && mayBeAbsent ? [null] : values.map((it) => (field.kind === "time" ? iso(it) : it.trim())),
  };
  const problem = tried ? wrong(made) : undefined;
  const choose = (next: string) => {
    const to = fieldOf(next);
    if (to === undefined) return;
    setKey(next);
    if (!to.operators.includes(operator)) setOperator("eq");
    setValues([to.choices?.[0] ?? ""]);
    setAbsent(false);
    setTried(false);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (wrong(made) === undefined) onDone(made);
  };
  return (
    <form className="log-filter-form" onSubmit={submit} noValidate>
      <Field label="What" hint={field.hint}>
        {(control) => (
          <Select
            {...control}
            value={key}
            options={FIELDS.map((it) => ({ value: it.key, label: it.title }))}
            onValue={choose}
          />
        )}
      </Field>
      <Field label="How">
        {(control) => (
          <Select
            {...control}
            value={operator}
            options={field.operators.map((it) => ({ value: it, label: operatorWords(it, field.kind) }))}
            onValue={(it) => setOperator(field.operators.find((name) => name === it) ?? "eq")}
          />
        )}
      </Field>
      {!(absent && mayBeAbsent) &&
        values.map((value, i) => (
          <Field
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is what tells equal values apart
            key={i}
            label={i === 0 ? `Value${field.unit ? `, ${field.unit}` : ""}` : `or value ${i + 1}`}
            problems={problem && i === values.length - 1 ? [problem] : []}
          >
            {(control) => (
              <Entry
                control={control}
                field={field}
                value={value}
                seen={seen(key)}
                onValue={(it) => setValues(values.with(i, it))}
              />
            )}
          </Field>
        ))}
      <div className="log-filter-more">
        {field.kind !== "flag" && !absent && equality && (
          <Button look="quiet" onClick={() => setValues([...values, ""])}>
            Or another value
          </Button>
        )}
        {mayBeAbsent && field.kind !== "flag" && (
          <label className="log-check">
            <input type="checkbox" checked={absent} onChange={(event) => setAbsent(event.target.checked)} />
            Absent
          </label>
        )}
      </div>
      <div className="log-dialog-end">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" look="primary">
          {filter ? "Change filter" : "Add filter"}
        </Button>
      </div>
    </form>
  );
}

type EntryProps = {
  control: Control;
  field: Key;
  value: string;
  seen: readonly Suggestion[];
  onValue: (value: string) => void;
};

function Entry({ control, field, value, seen, onValue }: EntryProps) {
  if (field.choices) {
    const options = field.choices.map((it) => ({ value: it, label: it }));
    return <Select {...control} value={value} options={options} onValue={onValue} />;
  }
  if (field.kind === "time") {
    return (
      <input
        {...control}
        type="datetime-local"
        step="1"
        value={local(value)}
        onChange={(event) => onValue(event.target.value)}
      />
    );
  }
  if (field.kind === "number") {
    return (
      <input
        {...control}
        inputMode="decimal"
        autoComplete="off"
        value={value}
        onChange={(event) => onValue(event.target.value)}
      />
    );
  }
  return <Combobox control={control} value={value} onValue={onValue} suggestions={seen} />;
}

/** What the browser's field shows, of a time in any form. */
function local(value: string): string {
  const at = new Date(value);
  if (value === "" || Number.isNaN(at.getTime())) return value;
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 19);
}

function iso(value: string): string {
  const at = new Date(value);
  return value === "" || Number.isNaN(at.getTime()) ? value : at.toISOString();
}
