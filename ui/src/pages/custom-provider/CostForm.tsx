import { useState } from "react";
import { Check } from "@/ui/Check";
import { Field } from "@/ui/Field";
import { Form } from "@/ui/Form";
import { Select } from "@/ui/Select";
import { TextField } from "@/ui/TextField";
import { useSave } from "@/ui/useSave";
import { formOf, RULES, read } from "./cost";
import { type Cost, saveCost } from "./queries";

const FIELDS = ["/model", "/model_rule", "/cost_in", "/cost_out", "/token_pricing", "/enable"];

type Props = {
  account: string;
  provider: string;
  found: Cost | undefined;
  onDone: (saved: Cost) => void;
  onCancel: () => void;
};

export function CostForm({ account, provider, found, onDone, onCancel }: Props) {
  const [form, setForm] = useState(() => formOf(found));
  const set = (change: Partial<typeof form>) => setForm({ ...form, ...change });
  const save = useSave(async () => saveCost(account, provider, found?.id, read(form)), onDone);
  return (
    <Form
      label="Cost"
      problem={save.problem}
      fields={FIELDS}
      submit="Save the cost"
      busy={save.busy}
      onSubmit={save.go}
      onCancel={onCancel}
    >
      <div className="form-pair">
        <Field label="The model's name" problems={save.at("/model_rule")}>
          {(control) => (
            <Select
              {...control}
              value={form.model_rule}
              options={RULES}
              onValue={(model_rule) => set({ model_rule })}
            />
          )}
        </Field>
        <TextField
          label="Model, or a part of it"
          problems={save.at("/model")}
          value={form.model}
          onValue={(model) => set({ model })}
        />
      </div>
      <div className="form-pair">
        <TextField
          label="Input, dollars a million tokens"
          number
          problems={save.at("/cost_in")}
          value={form.cost_in}
          onValue={(cost_in) => set({ cost_in })}
        />
        <TextField
          label="Output, dollars a million tokens"
          number
          problems={save.at("/cost_out")}
          value={form.cost_out}
          onValue={(cost_out) => set({ cost_out })}
        />
      </div>
      <Field
        label="Prices by kind of token"
        hint={
          'JSON, in dollars a token: {"input_cached_tokens": 1e-8}. A kind of its own comes before input and output.'
        }
        problems={save.at("/token_pricing")}
      >
        {(control) => (
          <textarea
            {...control}
            className="input text-area"
            rows={3}
            spellCheck={false}
            value={form.pricing}
            onChange={(event) => set({ pricing: event.target.value })}
          />
        )}
      </Field>
      <Check
        label="In force"
        problems={save.at("/enable")}
        checked={form.enable}
        onChecked={(enable) => set({ enable })}
      />
    </Form>
  );
}
