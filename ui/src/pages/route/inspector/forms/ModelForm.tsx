import { useMemo } from "react";
import { property } from "@/graph/document";
import { Combobox } from "@/ui/Combobox";
import { Field } from "@/ui/Field";
import { duration } from "@/ui/format";
import type { Model } from "../../catalogue";
import { type FormProps, problemsOf, textOf } from "../form";
import { modelNote, modelWords } from "../models";
import { NumberField } from "../NumberField";

export function ModelForm({ form }: { form: FormProps }) {
  const { element, set, readOnly, catalogue } = form;
  const [provider, model] = [textOf(form, "provider"), textOf(form, "model")];
  const providers = useMemo(
    () => catalogue.providers.map(({ slug, note }) => ({ value: slug, note })),
    [catalogue],
  );
  const models = useMemo(() => suggestions(catalogue.models, provider), [catalogue, provider]);
  const found = catalogue.models.find((it) => it.provider === provider && it.model === model);
  const timeout = property(element, "timeout");
  return (
    <>
      <Field label="Provider" problems={problemsOf(form, "provider")}>
        {(control) =>
          readOnly ? (
            <input {...control} value={provider} readOnly />
          ) : (
            <Combobox
              control={control}
              value={provider}
              onValue={(value) => set("provider", value)}
              suggestions={providers}
              placeholder="openai"
            />
          )
        }
      </Field>
      <Field label="Model" hint={found && modelWords(found)} problems={problemsOf(form, "model")}>
        {(control) =>
          readOnly ? (
            <input {...control} value={model} readOnly />
          ) : (
            <Combobox
              control={control}
              value={model}
              onValue={(value) => set("model", value)}
              suggestions={models}
              placeholder="as the provider names it"
            />
          )
        }
      </Field>
      <NumberField
        label="Timeout"
        unit="ms"
        value={timeout}
        onValue={(value) => set("timeout", value)}
        problems={problemsOf(form, "timeout")}
        placeholder="120000"
        hint={
          typeof timeout === "number" && timeout > 0
            ? `Each attempt waits ${duration(timeout)} for the first meaningful byte.`
            : "Empty or 0: as the request says, or else the gateway's own, by default 120 s."
        }
        readOnly={readOnly}
      />
      <NumberField
        label="Retries"
        unit="0 to 5"
        value={property(element, "retries")}
        onValue={(value) => set("retries", value)}
        problems={problemsOf(form, "retries")}
        placeholder="0"
        hint="Besides the first attempt, for what may pass: timeouts, 429 and 5xx. Empty or 0: as the request or the gateway says."
        readOnly={readOnly}
      />
    </>
  );
}

function suggestions(models: readonly Model[], provider: string) {
  return models
    .filter((it) => it.provider === provider)
    .map((it) => ({ value: it.model, note: modelNote(it) }));
}
