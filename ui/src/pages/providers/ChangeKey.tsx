import { useState } from "react";
import { Typed } from "@/api/typed";
import { Form } from "@/ui/Form";
import { TextField } from "@/ui/TextField";
import { useSave } from "@/ui/useSave";
import { KeyNumbers, LIMIT_FIELDS, numbers } from "./KeyNumbers";
import { change, type Key, type KeyChange } from "./queries";

type Props = {
  account: string;
  gateway: string;
  found: Key;
  onDone: (changed: Key) => void;
  onCancel: () => void;
};

/** A new secret, another weight, another limit: what is left alone stays. */
export function ChangeKey({ account, gateway, found, onDone, onCancel }: Props) {
  const before = {
    weight: found.weight == null ? "" : String(found.weight),
    rate_limit: found.rate_limit == null ? "" : String(found.rate_limit),
    rate_limit_period: String(found.rate_limit_period),
  };
  const [form, setForm] = useState({ ...before, secret: "" });
  const save = useSave(async () => {
    const typed = new Typed();
    const read = numbers(typed, form);
    typed.done();
    const body: KeyChange = {
      ...(form.secret.trim() === "" ? {} : { secret: form.secret.trim() }),
      ...(form.weight === before.weight ? {} : { weight: read.weight }),
      ...(form.rate_limit === before.rate_limit ? {} : { rate_limit: read.rate_limit }),
      ...(form.rate_limit_period === before.rate_limit_period
        ? {}
        : { rate_limit_period: read.rate_limit_period }),
    };
    return change(account, gateway, found.id, body);
  }, onDone);
  const idle =
    form.secret === "" &&
    form.weight === before.weight &&
    form.rate_limit === before.rate_limit &&
    form.rate_limit_period === before.rate_limit_period;
  return (
    <Form
      label="Change the key"
      problem={save.problem}
      fields={["/secret", ...LIMIT_FIELDS]}
      submit="Save the key"
      busy={save.busy}
      idle={idle}
      onSubmit={save.go}
      onCancel={onCancel}
    >
      <TextField
        label="New key"
        hint={`It takes the place of …${found.secret_preview} at once. Empty: the key stays.`}
        secret
        problems={save.at("/secret")}
        value={form.secret}
        onValue={(secret) => setForm({ ...form, secret })}
      />
      <KeyNumbers form={form} set={(it) => setForm({ ...form, ...it })} at={save.at} />
    </Form>
  );
}
