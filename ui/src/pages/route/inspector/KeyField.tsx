import { Field } from "@/ui/Field";
import { FieldInput } from "./FieldInput";
import { type FormProps, problemsOf, textOf } from "./form";

/** `properties.key`, of limits and of splits. */
export function KeyField({ form, label, hint }: { form: FormProps; label: string; hint: string }) {
  return (
    <Field label={label} hint={hint} problems={problemsOf(form, "key")}>
      {(control) => (
        <FieldInput
          control={control}
          value={textOf(form, "key")}
          onValue={(value) => form.set("key", value === "" && !form.keepsEmpty ? undefined : value)}
          keys={form.catalogue.keys}
          readOnly={form.readOnly}
        />
      )}
    </Field>
  );
}
