import { keyed, outputs } from "@/graph/document";
import { connect, disconnect } from "@/graph/edit";
import { kindOf, SHAPES, slots } from "@/graph/kinds";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { type FormProps, sentences } from "./form";

const HINTS: Readonly<Record<string, string>> = {
  "rate.success": "when the limit has room",
  "rate.fallback": "when it has not; without one, status 429",
  "model.success": "when the model answers",
  "model.fallback": "when it fails; without one, the error",
  "conditional.true": "when the condition holds",
  "conditional.false": "when it does not",
};

/** Where each output leads: the same as drawing its edge, without a pointer. */
export function Outputs({ form }: { form: FormProps }) {
  const { element } = form;
  const kind = kindOf(element.type);
  const to = new Map(outputs(element));
  const names = slots(element);
  if (names.length === 0) return null;
  return (
    <fieldset className="insp-part">
      <legend>Leads to</legend>
      {names.map((name) => (
        <Target
          key={name}
          form={form}
          output={name}
          label={name}
          to={to.get(name)}
          hint={HINTS[`${kind}.${name}`]}
          optional={kind !== undefined && SHAPES[kind].optional.includes(name)}
        />
      ))}
    </fieldset>
  );
}

type Target = {
  form: FormProps;
  output: string;
  label: string;
  to: string | undefined;
  hint?: string | undefined;
  optional?: boolean;
  bare?: boolean;
};

export function Target({ form, output, label, to, hint, optional = false, bare = false }: Target) {
  const { document, element, edit, problems, readOnly } = form;
  // Only the first of several equal ids can be led to.
  const ids = keyed(document).flatMap(([key, it]) =>
    key === it.id && it.type !== "start" && it.id !== element.id ? [it.id] : [],
  );
  const missing = to !== undefined && to !== "" && !ids.includes(to);
  const options = [
    { value: "", label: optional ? "Nowhere" : "Choose an element" },
    ...(missing ? [{ value: to, label: to === element.id ? `${to} (itself)` : `${to} (not there)` }] : []),
    ...ids.map((id) => ({ value: id, label: id })),
  ];
  const lead = (target: string) =>
    edit(`lead ${output} of ${element.id}`, (doc, key) =>
      target === "" ? disconnect(doc, key, output) : connect(doc, key, output, target),
    );
  return (
    <Field
      label={label}
      bare={bare}
      hint={hint}
      problems={sentences(problems.filter((it) => it.output === output))}
    >
      {(control) => (
        <Select {...control} options={options} value={to ?? ""} onValue={lead} disabled={readOnly} />
      )}
    </Field>
  );
}
