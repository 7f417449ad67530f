import { useState } from "react";
import { Button } from "@/ui/Button";
import { Check } from "@/ui/Check";
import { Field } from "@/ui/Field";
import { Form as Frame } from "@/ui/Form";
import { Pairs } from "@/ui/Pairs";
import { Select } from "@/ui/Select";
import { TextField } from "@/ui/TextField";
import { useSave } from "@/ui/useSave";
import { DIALECTS, EMPTY, type Form, read } from "./form";
import type { Changes } from "./queries";

const FIELDS = ["/name", "/slug", "/base_url", "/dialect", "/enable", "/description", "/headers"];

type Props<T> = {
  label: string;
  submit: string;
  before?: Form;
  /** Names of the headers that are kept. */
  kept?: readonly string[];
  readOnly?: boolean;
  send: (changes: Changes) => Promise<T>;
  onDone: (made: T) => void;
  onCancel?: () => void;
};

/** A custom provider, to make or to change. */
export function ProviderForm<T>(props: Props<T>) {
  const { label, submit, before, kept = [], readOnly = false, send, onDone, onCancel } = props;
  const [form, setForm] = useState(before ?? EMPTY);
  const set = (change: Partial<Form>) => setForm({ ...form, ...change });
  const save = useSave(async () => send(read(form, before)), onDone);
  const dialect = DIALECTS.find((it) => it.value === form.dialect);
  return (
    <Frame
      label={label}
      problem={save.problem}
      fields={FIELDS}
      submit={submit}
      busy={save.busy}
      idle={before !== undefined && JSON.stringify(form) === JSON.stringify(before)}
      readOnly={readOnly}
      onSubmit={save.go}
      onCancel={onCancel}
    >
      <div className="form-pair">
        <TextField
          label="Name"
          problems={save.at("/name")}
          value={form.name}
          onValue={(name) => set({ name })}
        />
        <TextField
          label="Slug"
          hint={`Lower-case letters, digits and -. In routes it is custom-${form.slug === "" ? "slug" : form.slug}.`}
          problems={save.at("/slug")}
          value={form.slug}
          onValue={(slug) => set({ slug })}
        />
      </div>
      <Field
        label="Speaks"
        hint="What requests are translated to, and where the key goes."
        problems={save.at("/dialect")}
      >
        {(control) => (
          <Select
            {...control}
            value={form.dialect}
            options={DIALECTS}
            onValue={(value) => set({ dialect: value })}
          />
        )}
      </Field>
      <TextField
        label="Base URL"
        hint="What the SDK of that format takes. When it moves to another server, headers and stored keys must be given again."
        placeholder={dialect?.url}
        problems={save.at("/base_url")}
        value={form.base_url}
        onValue={(base_url) => set({ base_url })}
      />
      <TextField
        label="Description"
        problems={save.at("/description")}
        value={form.description}
        onValue={(description) => set({ description })}
      />
      {form.headers === undefined ? (
        <div className="form-set">
          <strong>Fixed headers</strong>
          <p className="soft">
            {kept.length === 0 ? "None." : `${kept.join(", ")}: their values are never shown.`}
          </p>
          {!readOnly && (
            <div className="head-actions">
              <Button onClick={() => set({ headers: kept.map((key) => ({ key, value: "" })) })}>
                {kept.length === 0 ? "Add headers" : "Replace them"}
              </Button>
            </div>
          )}
        </div>
      ) : (
        <Pairs
          legend="Fixed headers"
          one="header"
          pairs={form.headers}
          fresh={{ key: "", value: "" }}
          onPairs={(headers) => set({ headers })}
          problems={save.at("/headers")}
        />
      )}
      <Check
        label="Enabled"
        hint="Off: it is not called."
        problems={save.at("/enable")}
        checked={form.enable}
        onChecked={(enable) => set({ enable })}
      />
    </Frame>
  );
}
