import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { gateways } from "@/api/queries";
import { Check } from "@/ui/Check";
import { Field } from "@/ui/Field";
import { Form } from "@/ui/Form";
import { Pairs } from "@/ui/Pairs";
import { TextField } from "@/ui/TextField";
import { useSave } from "@/ui/useSave";
import { EMPTY, PERMISSIONS, read } from "./form";
import { type Created, create } from "./queries";

const FIELDS = ["/name", "/permissions", "/expires_on", "/gateways", "/routes", "/metadata"];

type Props = { account: string; onMade: (made: Created) => void; onCancel: () => void };

export function TokenForm({ account, onMade, onCancel }: Props) {
  const all = useQuery(gateways(account));
  const [form, setForm] = useState(EMPTY);
  const save = useSave(async () => create(account, read(form)), onMade);
  const toggle = (list: readonly string[], name: string, on: boolean) =>
    on ? [...list, name] : list.filter((it) => it !== name);
  const chosen = form.gateways === "all" ? [] : form.gateways;
  return (
    <Form
      label="New token"
      problem={save.problem}
      fields={FIELDS}
      submit="Make the token"
      busy={save.busy}
      onSubmit={save.go}
      onCancel={onCancel}
    >
      <TextField
        label="Name"
        hint="Who or what uses it. The logs and the audit log show it."
        problems={save.at("/name")}
        value={form.name}
        onValue={(name) => setForm({ ...form, name })}
      />
      <fieldset className="form-set">
        <legend>What it may do</legend>
        {PERMISSIONS.map((it, i) => (
          <Check
            key={it.name}
            label={it.name}
            hint={it.gives}
            problems={i === PERMISSIONS.length - 1 ? save.at("/permissions") : []}
            checked={form.permissions.includes(it.name)}
            onChecked={(on) => setForm({ ...form, permissions: toggle(form.permissions, it.name, on) })}
          />
        ))}
      </fieldset>
      <fieldset className="form-set">
        <legend>Gateways</legend>
        <Check
          label="All gateways, also those to come"
          checked={form.gateways === "all"}
          problems={save.at("/gateways")}
          onChecked={(on) => setForm({ ...form, gateways: on ? "all" : [] })}
        />
        {form.gateways !== "all" &&
          all.data?.map((it) => (
            <Check
              key={it.id}
              label={it.id}
              checked={chosen.includes(it.id)}
              onChecked={(on) => setForm({ ...form, gateways: toggle(chosen, it.id, on) })}
            />
          ))}
        {form.gateways !== "all" && all.error && (
          <p className="field-bad">The gateways could not be read: {all.error.message}</p>
        )}
      </fieldset>
      <TextField
        label="Routes"
        hint="Names, separated by commas. Empty: every route, and calls of models without one. A token limited to routes manages nothing."
        problems={save.at("/routes")}
        value={form.routes}
        onValue={(routes) => setForm({ ...form, routes })}
      />
      <Field
        label="Expires"
        hint="In your own time zone. Empty: it holds until it is revoked."
        problems={save.at("/expires_on")}
      >
        {(control) => (
          <input
            {...control}
            type="datetime-local"
            value={form.expires}
            onChange={(event) => setForm({ ...form, expires: event.target.value })}
          />
        )}
      </Field>
      <Pairs
        legend="Fixed metadata"
        one="entry"
        pairs={form.metadata}
        fresh={{ key: "", value: "" }}
        onPairs={(metadata) => setForm({ ...form, metadata })}
        problems={save.at("/metadata")}
      />
      <p className="field-hint">
        At most 5 entries. They override what a caller sends in cf-aig-metadata, so that a limit by user
        cannot be dodged.
      </p>
    </Form>
  );
}
