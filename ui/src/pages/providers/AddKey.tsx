import { useState } from "react";
import { Typed } from "@/api/typed";
import { Check } from "@/ui/Check";
import { Field } from "@/ui/Field";
import { Form } from "@/ui/Form";
import { Select } from "@/ui/Select";
import { TextField } from "@/ui/TextField";
import { useSave } from "@/ui/useSave";
import { KeyNumbers, LIMIT_FIELDS, NO_NUMBERS, numbers } from "./KeyNumbers";
import { add, type Key } from "./queries";
import { PROVIDERS } from "./table";

const FIELDS = ["/provider_slug", "/alias", "/secret", "/default_config", ...LIMIT_FIELDS];

type Props = {
  account: string;
  gateway: string;
  /** The provider that it begins with. */
  provider: string;
  providers: readonly { readonly value: string; readonly label: string }[];
  onMade: (made: Key) => void;
  onCancel: () => void;
};

export function AddKey({ account, gateway, provider, providers, onMade, onCancel }: Props) {
  const [form, setForm] = useState({
    ...NO_NUMBERS,
    provider_slug: provider,
    alias: "default",
    secret: "",
    default_config: false,
  });
  const save = useSave(async () => {
    const typed = new Typed();
    const body = {
      provider_slug: typed.needed("/provider_slug", form.provider_slug, "A provider"),
      alias: typed.needed("/alias", form.alias, "An alias"),
      secret: typed.needed("/secret", form.secret, "The key"),
      default_config: form.default_config,
      ...numbers(typed, form),
    };
    typed.done();
    return add(account, gateway, body);
  }, onMade);
  const row = PROVIDERS.find((it) => it.slug === form.provider_slug);
  return (
    <Form
      label="Add a provider key"
      problem={save.problem}
      fields={FIELDS}
      submit="Add the key"
      busy={save.busy}
      onSubmit={save.go}
      onCancel={onCancel}
    >
      <Field label="Provider" problems={save.at("/provider_slug")}>
        {(control) => (
          <Select
            {...control}
            value={form.provider_slug}
            options={[{ value: "", label: "Choose one" }, ...providers]}
            onValue={(provider_slug) => setForm({ ...form, provider_slug })}
          />
        )}
      </Field>
      <TextField
        label="Key"
        hint={`${row?.sign ? `${row.sign}. ` : ""}Kept encrypted and never shown again; you will see its last characters.`}
        secret
        problems={save.at("/secret")}
        value={form.secret}
        onValue={(secret) => setForm({ ...form, secret })}
      />
      <TextField
        label="Alias"
        hint="1 to 64 letters, digits, - and _. Requests may ask for this key by it (cf-aig-byok-alias), and logs name it."
        problems={save.at("/alias")}
        value={form.alias}
        onValue={(alias) => setForm({ ...form, alias })}
      />
      <Check
        label="The provider's default key"
        hint="Used when a request names none and no key of the provider has a weight; the others stand in while it rests."
        problems={save.at("/default_config")}
        checked={form.default_config}
        onChecked={(default_config) => setForm({ ...form, default_config })}
      />
      <KeyNumbers form={form} set={(it) => setForm({ ...form, ...it })} at={save.at} />
    </Form>
  );
}
