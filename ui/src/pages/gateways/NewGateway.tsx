import { useState } from "react";
import { Check } from "@/ui/Check";
import { Form } from "@/ui/Form";
import { TextField } from "@/ui/TextField";
import { useSave } from "@/ui/useSave";
import { create, type Gateway } from "./queries";

const FIELDS = ["/id", "/authentication", "/collect_logs"];

type Props = { account: string; onMade: (gateway: Gateway) => void; onCancel: () => void };

export function NewGateway({ account, onMade, onCancel }: Props) {
  const [form, setForm] = useState({ id: "", authentication: true, collect_logs: true });
  const save = useSave(() => create(account, { ...form, id: form.id.trim() }), onMade);
  return (
    <Form
      label="New gateway"
      problem={save.problem}
      fields={FIELDS}
      submit="Make the gateway"
      busy={save.busy}
      onSubmit={save.go}
      onCancel={onCancel}
    >
      <TextField
        label="Id"
        hint="1 to 64 letters, digits, - and _. It stands in every URL of the gateway and cannot be changed."
        problems={save.at("/id")}
        value={form.id}
        onValue={(id) => setForm({ ...form, id })}
      />
      <Check
        label="Calls need a token"
        hint="Off: whoever reaches the server may call it."
        problems={save.at("/authentication")}
        checked={form.authentication}
        onChecked={(authentication) => setForm({ ...form, authentication })}
      />
      <Check
        label="Log requests"
        hint="Each with its path, attempts and cost. The settings say whether bodies are kept, and for how long."
        problems={save.at("/collect_logs")}
        checked={form.collect_logs}
        onChecked={(collect_logs) => setForm({ ...form, collect_logs })}
      />
    </Form>
  );
}
