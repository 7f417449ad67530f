import { useState } from "react";
import { Field } from "@/ui/Field";
import { Form } from "@/ui/Form";
import { Select } from "@/ui/Select";
import { TextField } from "@/ui/TextField";
import { useSave } from "@/ui/useSave";
import { CLASSES, EMPTY, formOf, read } from "./price";
import { type Owner, type Price, put } from "./queries";

const FIELDS = ["/provider", "/model", "/input", "/output", ...CLASSES.map((it) => `/${it.key}`)];

type Props = {
  account: string;
  owner: Owner;
  found: Price | undefined;
  /** Slugs that are known. */
  providers: readonly string[];
  onDone: (saved: Price) => void;
  onCancel: () => void;
};

export function PriceForm({ account, owner, found, providers, onDone, onCancel }: Props) {
  const [form, setForm] = useState(() => (found ? formOf(found) : EMPTY));
  const set = (change: Partial<typeof form>) => setForm({ ...form, ...change });
  const save = useSave(async () => put(account, owner, read(form)), onDone);
  return (
    <Form
      label="Price"
      problem={save.problem}
      fields={FIELDS}
      submit="Set the price"
      busy={save.busy}
      onSubmit={save.go}
      onCancel={onCancel}
    >
      {found === undefined && (
        <div className="form-pair">
          <Field label="Provider" problems={save.at("/provider")}>
            {(control) => (
              <Select
                {...control}
                value={form.provider}
                options={["", ...providers].map((value) => ({ value, label: value || "Choose one" }))}
                onValue={(provider) => set({ provider })}
              />
            )}
          </Field>
          <TextField
            label="Model"
            hint="As the provider names it."
            problems={save.at("/model")}
            value={form.model}
            onValue={(model) => set({ model })}
          />
        </div>
      )}
      <p className="soft">In dollars a million tokens. It holds for requests that begin after it is set.</p>
      <div className="form-pair">
        <TextField
          label="Input"
          number
          problems={save.at("/input")}
          value={form.input}
          onValue={(input) => set({ input })}
        />
        <TextField
          label="Output"
          number
          problems={save.at("/output")}
          value={form.output}
          onValue={(output) => set({ output })}
        />
      </div>
      <details className="form-more" open={CLASSES.some(({ key }) => form[key] !== "") || undefined}>
        <summary>Other classes of tokens</summary>
        <div className="form-pair">
          {CLASSES.map(({ key, label, like }) => (
            <TextField
              key={key}
              label={label}
              number
              placeholder={`as ${like.replace("_", " ")}`}
              problems={save.at(`/${key}`)}
              value={form[key]}
              onValue={(value) => set({ [key]: value })}
            />
          ))}
        </div>
      </details>
    </Form>
  );
}
