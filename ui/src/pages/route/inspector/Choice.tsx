import { property } from "@/graph/document";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { type FormProps, problemsOf } from "./form";

type Props = {
  form: FormProps;
  name: string;
  label: string;
  options: readonly (readonly [string, string])[];
  /** What holds when the property is not there; choosing it takes the property away. */
  absent?: string;
  needed?: boolean;
};

/** A property that is one of a few texts. A value that is none of them is shown as it is. */
export function Choice({ form, name, label, options, absent = "Choose", needed = false }: Props) {
  const value = property(form.element, name);
  const known = value === undefined || options.some(([it]) => it === value);
  const odd = known ? [] : [{ value: JSON.stringify(value), label: `${JSON.stringify(value)} (not known)` }];
  const none = needed && value !== undefined ? [] : [{ value: "", label: absent }];
  return (
    <Field label={label} problems={problemsOf(form, name)}>
      {(control) => (
        <Select
          {...control}
          options={[...none, ...odd, ...options.map(([it, words]) => ({ value: it, label: words }))]}
          value={known ? String(value ?? "") : JSON.stringify(value)}
          onValue={(next) => form.set(name, next === "" ? undefined : next)}
          disabled={form.readOnly}
        />
      )}
    </Field>
  );
}
