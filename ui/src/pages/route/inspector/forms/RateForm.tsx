import { useState } from "react";
import { property } from "@/graph/document";
import { secondsWords } from "@/graph/words";
import { Choice } from "../Choice";
import { type FormProps, nameOf, problemsOf } from "../form";
import { KeyField } from "../KeyField";
import { NumberField } from "../NumberField";

export function RateForm({ form }: { form: FormProps }) {
  const { element, set, readOnly } = form;
  const cost = property(element, "limitType") === "cost";
  const window = property(element, "window", "interval");
  // Of the moment the form was opened: an emptied field is filled again under the same name.
  const [name] = useState(() => nameOf(form, "window", "interval"));
  return (
    <>
      <Choice
        form={form}
        name="limitType"
        label="Counts"
        options={[
          ["count", "Requests"],
          ["cost", "What they cost"],
        ]}
        needed
      />
      <NumberField
        label={cost ? "Budget" : "Limit"}
        unit={cost ? "US dollars" : "requests"}
        value={property(element, "limit")}
        onValue={(value) => set("limit", value)}
        problems={problemsOf(form, "limit")}
        hint={cost ? "Room for the whole cost of a request is held before it is sent." : undefined}
        readOnly={readOnly}
      />
      <NumberField
        label="Window"
        unit="seconds"
        value={window}
        onValue={(value) => set(name, value)}
        problems={problemsOf(form, "window", "interval")}
        hint={typeof window === "number" && window >= 60 ? `That is ${secondsWords(window)}.` : undefined}
        readOnly={readOnly}
      />
      <KeyField
        form={form}
        label="For each"
        hint="A field: every value of it has a limit of its own. Empty: one for all requests."
      />
      <Choice
        form={form}
        name="technique"
        label="Window kind"
        options={[
          ["sliding", "Sliding: never more in any interval"],
          ["fixed", "Fixed: from zero at every full window"],
        ]}
        absent="Sliding (default)"
      />
      {(cost || property(element, "onUnknownPrice") !== undefined) && (
        <Choice
          form={form}
          name="onUnknownPrice"
          label="Model without a price"
          options={[
            ["refuse", "Refuse the request"],
            ["allow", "Admit it, counted as free"],
          ]}
          absent="Refuse (default)"
        />
      )}
      <Choice
        form={form}
        name="onUnavailable"
        label="When the counters cannot be asked"
        options={[
          ["open", "Admit (open)"],
          ["closed", "Refuse (closed)"],
        ]}
        absent="As the server is configured"
      />
    </>
  );
}
