import { useState } from "react";
import { type Element, isDoc, type Key } from "@/graph/document";
import { rename, update } from "@/graph/edit";
import type { Json } from "@/graph/json";
import { kindOf, SHAPES } from "@/graph/kinds";
import type { GraphProblem, Severity } from "@/graph/problems";
import { Field } from "@/ui/Field";
import { Sentence } from "@/ui/Sentence";
import { useFocusKept } from "@/ui/useFocusKept";
import { type FormProps, formOf, sentences } from "./form";
import { ConditionalForm } from "./forms/ConditionalForm";
import { ModelForm } from "./forms/ModelForm";
import { PercentageForm } from "./forms/PercentageForm";
import { RateForm } from "./forms/RateForm";
import { JsonField } from "./JsonField";
import { Outputs } from "./Outputs";
import { shownElsewhere } from "./places";
import type { InspectorProps } from "./props";
import { UnreadOf, useUnread } from "./unread";
import "./inspector.css";

/** The form of one element: its id, its properties, where it leads, and the whole of it as JSON. */
export default function Inspector(props: InspectorProps) {
  const form = formOf(props);
  const { element } = form;
  const kind = kindOf(element.type);
  const kept = useFocusKept<HTMLElement>();
  const rest = form.problems.filter((it) => !shownElsewhere(element, it));
  return (
    <section {...kept} className="insp" aria-label={`Element ${element.id}`}>
      <UnreadOf element={form.id} all={form.unread} change={form.onUnread}>
        <header>
          <h2>{kind === undefined ? `Unknown type: ${element.type}` : SHAPES[kind].title}</h2>
          {kind !== undefined && <p className="soft">{SHAPES[kind].hint}.</p>}
        </header>
        <Told severity="error" problems={rest} />
        <Told severity="warning" problems={rest} />
        <IdField form={form} />
        <Form form={form} />
        {kind !== "percentage" && <Outputs form={form} />}
        <details className="insp-part">
          <summary>All of it as JSON</summary>
          <Whole form={form} />
        </details>
      </UnreadOf>
    </section>
  );
}

type ToldProps = { severity: Severity; problems: readonly GraphProblem[] };

/** What is said of the element as a whole, in the colour of how bad it is. */
function Told({ severity, problems }: ToldProps) {
  const said = sentences(problems.filter((it) => it.severity === severity));
  if (said.length === 0) return null;
  return (
    <div className={severity === "error" ? "field-bad" : "insp-warn"} role="alert">
      {said.map((it) => (
        <p key={it}>
          <Sentence text={it} />
        </p>
      ))}
    </div>
  );
}

function Form({ form }: { form: FormProps }) {
  switch (kindOf(form.element.type)) {
    case "conditional":
      return <ConditionalForm form={form} />;
    case "percentage":
      return <PercentageForm form={form} />;
    case "rate":
      return <RateForm form={form} />;
    case "model":
      return <ModelForm form={form} />;
    case "start":
    case "end":
    case undefined:
      return null;
  }
}

/** The id is taken when the field is left or Enter is pressed: half a name would start empty buckets, and could be another's. */
function IdField({ form }: { form: FormProps }) {
  const { element, document, edit, readOnly, problems } = form;
  const [typed, setTyped] = useState({ text: element.id, id: element.id });
  const unread = useUnread("Id");
  const text = unread.text ?? (typed.id === element.id ? typed.text : element.id);
  const bad = text === element.id ? undefined : refusal(text, document);
  const told = bad === undefined ? sentences(problems.filter((it) => it.path[0] === "id")) : [bad];
  const type = (next: string) => {
    const wrong = next === element.id ? undefined : refusal(next, document);
    if (wrong !== undefined) return unread.put(next, wrong);
    unread.drop();
    setTyped({ text: next, id: element.id });
  };
  const take = () => {
    if (text === element.id || bad !== undefined) return;
    unread.drop();
    edit(`rename ${element.id}`, (doc, key) => rename(doc, key, text));
  };
  return (
    <Field label="Id" hint={idHint(element)} problems={told}>
      {(control) => (
        <input
          {...control}
          autoComplete="off"
          spellCheck={false}
          value={text}
          readOnly={readOnly}
          onChange={(event) => type(event.target.value)}
          onBlur={take}
          onKeyDown={(event) => {
            if (event.key === "Enter") take();
            if (event.key === "Escape" && text !== element.id) {
              event.stopPropagation();
              type(element.id);
            }
          }}
        />
      )}
    </Field>
  );
}

function idHint({ type }: Element): string | undefined {
  const kind = kindOf(type);
  if (kind === "rate") return "Under another id its limit starts with empty buckets.";
  if (kind === "percentage") return "Under another id sticky choices are drawn anew.";
  return undefined;
}

function refusal(id: string, document: FormProps["document"]): string | undefined {
  if (id === "") return "An id is not empty.";
  if (new TextEncoder().encode(id).length > 64) return "An id has at most 64 bytes.";
  return document.some((it) => it.id === id) ? "Another element has this id." : undefined;
}

/** Everything, what the forms have no field for included. */
function Whole({ form }: { form: FormProps }) {
  const { element, edit, readOnly } = form;
  const take = (value: Json) => {
    const doc: unknown = [value];
    const [next] = isDoc(doc) ? doc : [];
    if (next) edit(`change ${element.id}`, (it, key: Key) => update(it, key, () => next), `${form.id}/json`);
  };
  return (
    <JsonField
      label={`Element ${element.id}`}
      value={element}
      onValue={take}
      readOnly={readOnly}
      refuse={(it) => notElement(it, element)}
    />
  );
}

function notElement(value: Json, element: Element): string | undefined {
  const doc: unknown = [value];
  if (!isDoc(doc)) return "An element is an object with an id and a type, both texts.";
  return doc[0]?.id === element.id
    ? undefined
    : "Change the id in its own field: what leads here follows it.";
}
