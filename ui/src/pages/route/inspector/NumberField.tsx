import { useState } from "react";
import { type Json, sameJson } from "@/graph/json";
import { parseJson } from "@/graph/jsontext";
import { Field } from "@/ui/Field";
import { useUnread } from "./unread";

type Props = {
  label: string;
  value: Json | undefined;
  onValue: (value: number | undefined) => void;
  /** Stands behind the label; a row of a condition has none. */
  unit?: string;
  bare?: boolean;
  hint?: string | undefined;
  problems?: readonly string[];
  readOnly: boolean;
  placeholder?: string;
  /** Nothing is no value here. */
  needed?: boolean;
};

/** A number with its unit. What is no number stays in the field, wherever one goes meanwhile, and the last number stays in the document. */
export function NumberField(props: Props) {
  const { label, value, onValue, unit, bare = false, hint, problems = [], readOnly, placeholder } = props;
  const needed = props.needed === true;
  const unread = useUnread(label);
  const [typed, setTyped] = useState({ text: shown(value), value });
  if (!same(typed.value, value)) setTyped({ text: shown(value), value });
  const text = unread.text ?? typed.text;
  const bad = fault(text, needed);
  const change = (next: string) => {
    const wrong = fault(next, needed);
    if (wrong !== undefined) return unread.put(next, wrong);
    const found = numberOf(next);
    unread.drop();
    setTyped({ text: next, value: found });
    if (!same(found, value)) onValue(typeof found === "number" ? found : undefined);
  };
  return (
    <Field
      label={unit === undefined ? label : `${label} (${unit})`}
      bare={bare}
      hint={hint}
      problems={bad === undefined ? problems : [bad]}
    >
      {(control) => (
        <input
          {...control}
          inputMode="decimal"
          autoComplete="off"
          value={text}
          placeholder={placeholder}
          readOnly={readOnly}
          onChange={(event) => change(event.target.value)}
        />
      )}
    </Field>
  );
}

function shown(value: Json | undefined): string {
  return value === undefined ? "" : JSON.stringify(value);
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && sameJson(a, b));
}

/** Nothing typed is no value. */
function numberOf(text: string): number | undefined {
  return text.trim() === "" ? undefined : Number(text);
}

function fault(text: string, needed: boolean): string | undefined {
  if (text.trim() === "") return needed ? "Write a number, such as 60 or 0.5." : undefined;
  const read = parseJson(text);
  if (read.fault)
    return /^[-.\d]/.test(text.trim()) ? read.fault.message : "Write a number, such as 60 or 0.5.";
  return typeof read.value === "number" ? undefined : "Write a number, such as 60 or 0.5.";
}
