import { isOperator, OPERATORS, type Raw, type Test, withOperator } from "@/graph/condition";
import { OPERATOR_WORDS } from "@/graph/words";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { FieldInput } from "../FieldInput";
import { typeOf as fieldType } from "../fields";
import { JsonField } from "../JsonField";
import type { Shared } from "./Builder";
import { Operand } from "./Operand";
import { asType, typeOf } from "./values";

type Props<T> = { node: T; shared: Shared; onNode: (node: T) => void; onRemove: () => void };

export function TestRow({ node, shared, onNode, onRemove }: Props<Test>) {
  const { readOnly, keys } = shared;
  const told = shared.told(node);
  const setField = (field: string) => {
    const wanted = fieldType(field);
    // A fresh value takes the field's own type, so that `request.hour is ""` is not the first thing one sees.
    const fresh = node.operand === "" && wanted !== undefined && typeOf(node.operand) !== wanted;
    onNode({ ...node, field, operand: fresh ? asType(node.operand, wanted) : node.operand });
  };
  return (
    <div className="cond-row" data-wrong={told.length > 0}>
      <Field label="Field" bare problems={told}>
        {(control) => (
          <FieldInput
            control={control}
            value={node.field}
            onValue={setField}
            keys={keys}
            readOnly={readOnly}
          />
        )}
      </Field>
      <div className="cond-test">
        <Field label="Comparison" bare>
          {(control) => (
            <Select
              {...control}
              options={OPERATORS.flatMap((it) => [{ value: it, label: OPERATOR_WORDS[it] }])}
              value={node.operator}
              onValue={(it) => isOperator(it) && onNode(withOperator(node, it))}
              disabled={readOnly}
            />
          )}
        </Field>
        <Operand test={node} onValue={(operand) => onNode({ ...node, operand })} readOnly={readOnly} />
      </div>
      <div className="cond-tools">
        <label className="cond-not">
          <input
            type="checkbox"
            checked={node.negated}
            disabled={readOnly}
            onChange={(event) => onNode({ ...node, negated: event.target.checked })}
          />
          not
        </label>
        {!readOnly && (
          <Button
            look="quiet"
            aria-label={`Remove the row of ${node.field || "no field"}`}
            onClick={onRemove}
          >
            ×
          </Button>
        )}
      </div>
    </div>
  );
}

/** What the builder has no row for: shown and changed as JSON. */
export function RawRow({ node, shared, onNode, onRemove }: Props<Raw>) {
  return (
    <div className="cond-raw">
      <JsonField
        label="A part that has no row, as JSON"
        value={node.json}
        onValue={(json) => onNode({ ...node, json })}
        problems={shared.told(node)}
        readOnly={shared.readOnly}
      />
      {!shared.readOnly && (
        <Button look="quiet" onClick={onRemove}>
          Remove
        </Button>
      )}
    </div>
  );
}
