import { useQuery } from "@tanstack/react-query";
import { gateways } from "@/api/queries";
import { useSession } from "@/session/context";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { TextField } from "@/ui/TextField";
import { and, type Wanted, words } from "./deeds";
import { names } from "./queries";

type Props = { wanted: Wanted; onWanted: (wanted: Wanted) => void };

/** Which entries: all of this must be so. */
export function Filters({ wanted, onWanted }: Props) {
  const { account_id } = useSession();
  const all = useQuery(gateways(account_id));
  const known = useQuery(names(account_id));
  const look = (next: Partial<Wanted>) => onWanted(and(wanted, next));
  return (
    <search className="audit-bar">
      <Field label="Gateway">
        {(control) => (
          <Select
            {...control}
            value={wanted.gateway}
            options={[
              { value: "", label: "All, and none" },
              ...(all.data ?? []).map((it) => ({ value: it.id, label: it.id })),
            ]}
            onValue={(gateway) => look({ gateway })}
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
              ...(known.data?.actors ?? []).map((it) => ({ value: it.id, label: it.name })),
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
              ...(known.data?.actions ?? []).map((value) => ({ value, label: words(value) })),
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
  );
}

function Day({ label, value, onValue }: { label: string; value: string; onValue: (value: string) => void }) {
  return (
    <Field label={label}>
      {(control) => (
        <input {...control} type="date" value={value} onChange={(event) => onValue(event.target.value)} />
      )}
    </Field>
  );
}
