import { Allowed, useMay } from "@/session/context";
import { Button } from "@/ui/Button";
import { Check } from "@/ui/Check";
import { Field } from "@/ui/Field";
import { Pairs } from "@/ui/Pairs";
import { Select } from "@/ui/Select";
import { TextField } from "@/ui/TextField";
import type { Part } from "./Basics";
import { type CollectorForm, NEW_COLLECTOR } from "./form";
import { Group } from "./Group";

const MOST = 5;

export function Tracing({ form, set, at }: Part) {
  const write = useMay("write");
  const put = (i: number, change: Partial<CollectorForm>) =>
    set({ otel: form.otel.map((it, n) => (n === i ? { ...it, ...change } : it)) });
  return (
    <Group
      title="Traces"
      about="Up to five OpenTelemetry collectors for the spans of this gateway's requests, beside the server's own."
    >
      {form.otel.map((it, i) => {
        const below = (name: string) => at(`/otel/${i}/${name}`);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: URLs are being typed, so only the place is stable
          <fieldset key={i} className="form-set settings-rule">
            <legend>Collector {i + 1}</legend>
            <div className="form">
              <TextField
                label="URL"
                hint="The whole URL that spans are posted to, without a user or a query."
                placeholder="https://otel.example.com/v1/traces"
                problems={below("url")}
                value={it.url}
                onValue={(url) => put(i, { url })}
              />
              <div className="form-pair">
                <Field label="Encoding" problems={below("content_type")}>
                  {(control) => (
                    <Select
                      {...control}
                      value={it.content_type}
                      options={[
                        { value: "json", label: "JSON" },
                        { value: "protobuf", label: "Protobuf" },
                      ]}
                      onValue={(type) => put(i, { content_type: type === "protobuf" ? type : "json" })}
                    />
                  )}
                </Field>
                <TextField
                  label="Authorization"
                  hint="That header's value. *** stays what it is, as long as the URL's host does."
                  problems={below("authorization")}
                  value={it.authorization}
                  onValue={(authorization) => put(i, { authorization })}
                />
              </div>
              <Pairs
                legend="Headers"
                one="header"
                pairs={it.headers}
                fresh={{ key: "", value: "" }}
                onPairs={(headers) => put(i, { headers })}
                readOnly={!write}
                problems={below("headers")}
              />
              <Allowed to="write">
                <div className="head-actions">
                  <Button look="danger" onClick={() => set({ otel: form.otel.filter((_, n) => n !== i) })}>
                    Remove collector {i + 1}
                  </Button>
                </div>
              </Allowed>
            </div>
          </fieldset>
        );
      })}
      <Allowed to="write">
        <div className="head-actions">
          <Button
            disabled={form.otel.length >= MOST}
            onClick={() => set({ otel: [...form.otel, NEW_COLLECTOR] })}
          >
            Add a collector
          </Button>
        </div>
      </Allowed>
    </Group>
  );
}

export function Kept({ form, set, at }: Part) {
  return (
    <details className="panel form-more">
      <summary>Settings that are kept without effect</summary>
      <div className="form">
        <p className="soft">
          Of the original's gateways, for clients that send them. What would have to protect and does not
          exist here (dlp, guardrails, zdr, log_classification, stripe) cannot be switched on.
        </p>
        <Check
          label="Logpush"
          problems={at("/logpush")}
          checked={form.logpush}
          onChecked={(logpush) => set({ logpush })}
        />
        <TextField
          label="Public key of Logpush"
          hint="16 to 1024 bytes."
          problems={at("/logpush_public_key")}
          value={form.logpush_public_key}
          onValue={(logpush_public_key) => set({ logpush_public_key })}
        />
        <div className="form-pair">
          <TextField
            label="Id of a Secrets Store"
            problems={at("/store_id")}
            value={form.store_id}
            onValue={(store_id) => set({ store_id })}
          />
          <Field label="Billing of Workers AI" problems={at("/workers_ai_billing_mode")}>
            {(control) => (
              <Select
                {...control}
                value={form.workers_ai_billing_mode}
                options={[
                  { value: "postpaid", label: "Postpaid" },
                  { value: "unified", label: "Unified" },
                ]}
                onValue={(it) => set({ workers_ai_billing_mode: it === "unified" ? it : "postpaid" })}
              />
            )}
          </Field>
        </div>
      </div>
    </details>
  );
}
