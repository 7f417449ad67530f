import { useQuery } from "@tanstack/react-query";
import { useGateway } from "@/app/gateway";
import { useSession } from "@/session/context";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { TextField } from "@/ui/TextField";
import { routes } from "../routes/queries";
import type { Wanted } from "./queries";
import { KINDS } from "./words";

const SHARES = [
  { value: "", label: "Any" },
  { value: "0.5", label: "50% or more" },
  { value: "0.8", label: "80% or more" },
  { value: "1", label: "Full" },
];

type Props = { wanted: Wanted; onWanted: (wanted: Wanted) => void };

/** Which buckets are shown. A route and an element make sense for elements only, and take the other kinds away. */
export function Filters({ wanted, onWanted }: Props) {
  const { account_id } = useSession();
  const gateway = useGateway();
  const all = useQuery(routes(account_id, gateway));
  const names = (all.data ?? []).map((it) => it.name).sort((a, b) => a.localeCompare(b));
  const ofElements = wanted.kind === "" || wanted.kind === "element";
  const pick = (name: keyof Wanted) => (value: string) => onWanted({ ...wanted, [name]: value });
  return (
    <search className="limits-bar">
      <TextField
        label="Search"
        placeholder="a user, a model, a field"
        value={wanted.search}
        onValue={pick("search")}
      />
      <Field label="Used">
        {(control) => (
          <Select {...control} value={wanted.min_share} options={SHARES} onValue={pick("min_share")} />
        )}
      </Field>
      <Field label="Limits">
        {(control) => (
          <Select
            {...control}
            value={wanted.kind}
            options={[{ value: "", label: "All" }, ...KINDS.map(([value, label]) => ({ value, label }))]}
            onValue={(kind) =>
              onWanted({
                ...wanted,
                kind,
                ...(kind === "" || kind === "element" ? {} : { route: "", element: "" }),
              })
            }
          />
        )}
      </Field>
      {ofElements && (
        <Field label="Route">
          {(control) => (
            <Select
              {...control}
              value={wanted.route}
              options={[{ value: "", label: "All" }, ...names.map((value) => ({ value, label: value }))]}
              onValue={(route) => onWanted({ ...wanted, route, element: "" })}
            />
          )}
        </Field>
      )}
      {ofElements && wanted.route !== "" && (
        <TextField label="Element" placeholder="its id" value={wanted.element} onValue={pick("element")} />
      )}
    </search>
  );
}
