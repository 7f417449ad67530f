import { useState } from "react";
import { property } from "@/graph/document";
import type { Json } from "@/graph/json";
import { ofProperty } from "@/graph/problems";
import { conditionWords } from "@/graph/words";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { ConditionEditor } from "../condition/ConditionEditor";
import { type FormProps, nameOf } from "../form";

export function ConditionalForm({ form }: { form: FormProps }) {
  const [large, setLarge] = useState(false);
  const value = property(form.element, "conditions", "condition");
  const name = nameOf(form, "conditions", "condition");
  const editor = (
    <ConditionEditor
      value={value}
      onValue={(next: Json) => form.set(name, next)}
      problems={ofProperty(form.problems, "conditions", "condition")}
      keys={form.catalogue.keys}
      readOnly={form.readOnly}
    />
  );
  return (
    <fieldset className="insp-part">
      <legend>Condition</legend>
      {value !== undefined && <p className="soft insp-words">{conditionWords(value)}</p>}
      {!large && editor}
      <div>
        <Button onClick={() => setLarge(true)}>Edit side by side</Button>
      </div>
      <Dialog open={large} wide title={`Condition of ${form.element.id}`} onClose={() => setLarge(false)}>
        {editor}
        <div className="insp-row insp-end">
          <Button look="primary" onClick={() => setLarge(false)}>
            Done
          </Button>
        </div>
      </Dialog>
    </fieldset>
  );
}
