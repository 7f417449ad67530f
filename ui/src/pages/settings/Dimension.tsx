import { Allowed } from "@/session/context";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { TextField } from "@/ui/TextField";
import type { DimensionForm, Way } from "./rules";

type Props = {
  label: string;
  hint: string;
  value: DimensionForm;
  problems: readonly string[];
  onValue: (value: DimensionForm) => void;
};

/** What a rule does with one property of a call. */
export function Dimension({ label, hint, value, problems, onValue }: Props) {
  const filter = value.way === "filter";
  return (
    <div className="form-set">
      <Field label={label} problems={filter ? [] : problems}>
        {(control) => (
          <Select
            {...control}
            value={value.way}
            options={[
              { value: "any", label: "Any" },
              { value: "filter", label: "Only these" },
              { value: "partition", label: "A budget for each" },
            ]}
            onValue={(it) => onValue({ ...value, way: wayOf(it, "any") })}
          />
        )}
      </Field>
      {filter && (
        <Values
          label={`${label}: only these`}
          hint={hint}
          value={value.values}
          problems={problems}
          onValue={(values) => onValue({ ...value, values })}
        />
      )}
    </div>
  );
}

type Row = DimensionForm & { readonly key: string };
type RowProps = {
  value: Row;
  problems: readonly string[];
  onValue: (value: Row) => void;
  onRemove: () => void;
};

export function MetadataRow({ value, problems, onValue, onRemove }: RowProps) {
  return (
    <div className="form-set">
      <div className="settings-metadata">
        <TextField
          label="Metadata"
          placeholder="its name"
          problems={problems}
          value={value.key}
          onValue={(key) => onValue({ ...value, key })}
        />
        <Field label="What of it">
          {(control) => (
            <Select
              {...control}
              value={value.way}
              options={[
                { value: "partition", label: "A budget for each value" },
                { value: "filter", label: "Only these values" },
              ]}
              onValue={(it) => onValue({ ...value, way: wayOf(it, "partition") })}
            />
          )}
        </Field>
        <Allowed to="write">
          <Button look="quiet" aria-label={`Remove metadata ${value.key}`} onClick={onRemove}>
            ×
          </Button>
        </Allowed>
      </div>
      {value.way === "filter" && (
        <Values
          label={`Values of ${value.key === "" ? "metadata" : value.key}`}
          hint="One a line. A request without the entry matches none."
          value={value.values}
          problems={[]}
          onValue={(values) => onValue({ ...value, values })}
        />
      )}
    </div>
  );
}

type ValuesProps = {
  label: string;
  hint: string;
  value: string;
  problems: readonly string[];
  onValue: (values: string) => void;
};

function Values({ label, hint, value, problems, onValue }: ValuesProps) {
  return (
    <Field label={label} hint={hint} problems={problems}>
      {(control) => (
        <textarea
          {...control}
          className="input text-area"
          rows={3}
          spellCheck={false}
          value={value}
          onChange={(event) => onValue(event.target.value)}
        />
      )}
    </Field>
  );
}

function wayOf(it: string, otherwise: Way): Way {
  return it === "filter" || it === "partition" || it === "any" ? it : otherwise;
}
