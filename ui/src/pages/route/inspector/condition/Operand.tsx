import { useState } from "react";
import type { Operator, Test } from "@/graph/condition";
import type { Json } from "@/graph/json";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { useFocusNext } from "@/ui/useFocusNext";
import { JsonField } from "../JsonField";
import { NumberField } from "../NumberField";
import { asType, TYPE_WORDS, TYPES, type Type, textOf, typedValue, typeOf } from "./values";

type Props = { test: Test; onValue: (operand: Json) => void; readOnly: boolean };

const TEXTS: readonly Operator[] = ["$regex", "$startsWith", "$endsWith"];
const ORDERS: readonly Operator[] = ["$gt", "$gte", "$lt", "$lte"];

/** Types that an operator takes; the one that stands there, right or not, is among them. */
function typesFor(operator: Operator, now: Type): readonly Type[] {
  const fit: readonly Type[] = TEXTS.includes(operator)
    ? ["text"]
    : ORDERS.includes(operator)
      ? ["number", "text"]
      : operator === "$exists"
        ? ["boolean"]
        : TYPES;
  return fit.includes(now) ? fit : [...fit, now];
}

/** What a row compares its field with. The types are told apart: `10` is not `"10"`. */
export function Operand({ test, onValue, readOnly }: Props) {
  const { ref, next } = useFocusNext<HTMLDivElement>();
  const { operator, operand } = test;
  if ((operator === "$in" || operator === "$nin") && Array.isArray(operand))
    return <Values values={operand} onValue={onValue} readOnly={readOnly} />;
  const type = typeOf(operand);
  const types = typesFor(operator, type);
  const toType = (name: string) => {
    const wanted = TYPES.find((it) => it === name) ?? "text";
    // The choice of types goes when one alone fits.
    if (typesFor(operator, wanted).length === 1) next((it) => it.querySelector("input, select"));
    onValue(asType(operand, wanted));
  };
  return (
    <div ref={ref} className="cond-operand">
      {types.length > 1 && (
        <Field label="Type of the value" bare>
          {(control) => (
            <Select
              {...control}
              options={types.map((it) => ({ value: it, label: TYPE_WORDS[it] }))}
              value={type}
              onValue={toType}
              disabled={readOnly}
            />
          )}
        </Field>
      )}
      <Value type={type} operator={operator} value={operand} onValue={onValue} readOnly={readOnly} />
    </div>
  );
}

type ValueProps = {
  type: Type;
  operator: Operator;
  value: Json;
  onValue: (value: Json) => void;
  readOnly: boolean;
};

function Value({ type, operator, value, onValue, readOnly }: ValueProps) {
  switch (type) {
    case "null":
      return null;
    case "json":
      return <JsonField label="Value, as JSON" value={value} onValue={onValue} readOnly={readOnly} />;
    case "number":
      return (
        <NumberField
          label="Value"
          bare
          value={value}
          needed
          onValue={(it) => it !== undefined && onValue(it)}
          readOnly={readOnly}
        />
      );
    case "boolean": {
      const [yes, no] = operator === "$exists" ? ["yes", "no"] : ["true", "false"];
      return (
        <Field label="Value" bare>
          {(control) => (
            <Select
              {...control}
              options={[
                { value: "true", label: yes },
                { value: "false", label: no },
              ]}
              value={String(value)}
              onValue={(it) => onValue(it === "true")}
              disabled={readOnly}
            />
          )}
        </Field>
      );
    }
    case "text":
      return (
        <Field label="Value" bare>
          {(control) => (
            <input
              {...control}
              autoComplete="off"
              spellCheck={false}
              placeholder={operator === "$regex" ? "^pro-" : "value"}
              value={String(value)}
              readOnly={readOnly}
              onChange={(event) => onValue(event.target.value)}
            />
          )}
        </Field>
      );
  }
}

/** A list of values, each with a button that takes it away; Enter adds what was typed. */
function Values({
  values,
  onValue,
  readOnly,
}: {
  values: readonly Json[];
  onValue: (values: Json) => void;
  readOnly: boolean;
}) {
  const [text, setText] = useState("");
  const { ref, next } = useFocusNext<HTMLDivElement>();
  const remove = (at: number) => {
    next((it) => it.querySelectorAll("button")[Math.min(at, values.length - 2)] ?? it.querySelector("input"));
    onValue(values.filter((_, i) => i !== at));
  };
  const add = () => {
    if (text.trim() === "") return;
    onValue([...values, typedValue(text)]);
    setText("");
  };
  return (
    <div ref={ref} className="cond-values">
      <ul aria-label="Values">
        {values.map((it, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a list may hold one value twice
          <li key={i} className="cond-value">
            <code>{textOf(it)}</code>
            {!readOnly && (
              <button type="button" aria-label={`Remove ${textOf(it)}`} onClick={() => remove(i)}>
                ×
              </button>
            )}
          </li>
        ))}
      </ul>
      {!readOnly && (
        <Field label="One more value" bare>
          {(control) => (
            <span className="cond-add">
              <input
                {...control}
                autoComplete="off"
                placeholder='one more, Enter; "10" is a text'
                value={text}
                onChange={(event) => setText(event.target.value)}
                onKeyDown={(event) => {
                  if (event.key !== "Enter") return;
                  event.preventDefault();
                  add();
                }}
                onBlur={add}
              />
              <Button
                onClick={() => {
                  add();
                  ref.current?.querySelector("input")?.focus();
                }}
              >
                Add
              </Button>
            </span>
          )}
        </Field>
      )}
    </div>
  );
}
