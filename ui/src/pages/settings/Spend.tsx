import { Allowed } from "@/session/context";
import { Button } from "@/ui/Button";
import { Check } from "@/ui/Check";
import { Field } from "@/ui/Field";
import { SecondsField } from "@/ui/SecondsField";
import { Select } from "@/ui/Select";
import { TextField } from "@/ui/TextField";
import type { Part } from "./Basics";
import { Dimension, MetadataRow } from "./Dimension";
import { Group } from "./Group";
import { NEW_RULE, type RuleForm } from "./rules";

export function Spend({ form, set, at }: Part) {
  const put = (i: number, change: Partial<RuleForm>) =>
    set({ rules: form.rules.map((it, n) => (n === i ? { ...it, ...change } : it)) });
  return (
    <Group
      title="Spend rules"
      about="So many dollars in a window, for the calls that a rule applies to. A model element whose call has no room takes its fallback; a direct call is a 429."
    >
      <Check
        label="Rules are in force"
        hint="Off: they are kept, and limit nothing."
        problems={at("/spend_limits/enabled")}
        checked={form.spend_enabled}
        onChecked={(spend_enabled) => set({ spend_enabled })}
      />
      {form.rules.map((it, i) => (
        <Rule
          // biome-ignore lint/suspicious/noArrayIndexKey: a new rule has no id yet, so the place tells rules apart
          key={i}
          number={i + 1}
          rule={it}
          put={(change) => put(i, change)}
          remove={() => set({ rules: form.rules.filter((_, n) => n !== i) })}
          at={(below) => at(`/spend_limits/rules/${i}${below}`)}
        />
      ))}
      <Allowed to="write">
        <div className="head-actions">
          <Button onClick={() => set({ rules: [...form.rules, NEW_RULE] })}>Add a spend rule</Button>
        </div>
      </Allowed>
    </Group>
  );
}

type RuleProps = {
  number: number;
  rule: RuleForm;
  put: (change: Partial<RuleForm>) => void;
  remove: () => void;
  at: (below: string) => readonly string[];
};

function Rule({ number, rule, put, remove, at }: RuleProps) {
  return (
    <fieldset className="form-set settings-rule">
      <legend>Rule {number}</legend>
      <div className="form">
        <Check
          label="In force"
          problems={at("/enabled")}
          checked={rule.enabled}
          onChecked={(enabled) => put({ enabled })}
        />
        <div className="form-pair">
          <TextField
            label="Limit, dollars"
            hint="Above 0, at most 9 decimals."
            problems={at("/limit")}
            number
            value={rule.limit}
            onValue={(limit) => put({ limit })}
          />
          <SecondsField
            label="In"
            hint="Up to 366 days."
            problems={at("/window")}
            value={rule.window}
            onValue={(window) => put({ window })}
          />
          <Field label="Window" problems={at("/technique")}>
            {(control) => (
              <Select
                {...control}
                value={rule.technique}
                options={[
                  { value: "sliding", label: "Sliding" },
                  { value: "fixed", label: "Fixed, from full hours and days UTC" },
                ]}
                onValue={(it) => put({ technique: it === "fixed" ? it : "sliding" })}
              />
            )}
          </Field>
        </div>
        <div className="form-pair">
          <Dimension
            label="Provider"
            hint="Slugs, one a line."
            value={rule.provider}
            problems={at("/provider")}
            onValue={(provider) => put({ provider })}
          />
          <Dimension
            label="Model"
            hint="As the provider names it, or provider/model; one a line."
            value={rule.model}
            problems={at("/model")}
            onValue={(model) => put({ model })}
          />
        </div>
        {rule.metadata.map((it, i) => (
          <MetadataRow
            // biome-ignore lint/suspicious/noArrayIndexKey: names are being typed, so only the place is stable
            key={i}
            value={it}
            problems={i === rule.metadata.length - 1 ? at("/metadata") : []}
            onValue={(value) => put({ metadata: rule.metadata.with(i, value) })}
            onRemove={() => put({ metadata: rule.metadata.filter((_, n) => n !== i) })}
          />
        ))}
        <div className="form-pair">
          <Field
            label="A model without a known price"
            hint="It cannot be held for, so it would not count."
            problems={at("/onUnknownPrice")}
          >
            {(control) => (
              <Select
                {...control}
                value={rule.onUnknownPrice}
                options={[
                  { value: "refuse", label: "Is not called" },
                  { value: "allow", label: "Is called, and counts nothing" },
                ]}
                onValue={(it) => put({ onUnknownPrice: it === "allow" ? it : "refuse" })}
              />
            )}
          </Field>
          <Field label="When it cannot be counted" problems={at("/onUnavailable")}>
            {(control) => (
              <Select
                {...control}
                value={rule.onUnavailable}
                options={[
                  { value: "closed", label: "Do not call" },
                  { value: "open", label: "Call all the same" },
                ]}
                onValue={(it) => put({ onUnavailable: it === "open" ? it : "closed" })}
              />
            )}
          </Field>
        </div>
        <Allowed to="write">
          <div className="head-actions">
            <Button
              onClick={() => put({ metadata: [...rule.metadata, { key: "", way: "partition", values: "" }] })}
            >
              Add an entry of metadata
            </Button>
            <Button look="danger" onClick={remove}>
              Remove rule {number}
            </Button>
          </div>
        </Allowed>
      </div>
    </fieldset>
  );
}
