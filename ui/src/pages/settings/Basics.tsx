import { Check } from "@/ui/Check";
import { Field } from "@/ui/Field";
import { SecondsField } from "@/ui/SecondsField";
import { Select } from "@/ui/Select";
import { TextField } from "@/ui/TextField";
import type { Form } from "./form";
import { Group } from "./Group";

export type Part = {
  readonly form: Form;
  readonly set: (change: Partial<Form>) => void;
  readonly at: (pointer: string) => readonly string[];
};

export function Access({ form, set, at }: Part) {
  return (
    <Group title="Access">
      <Check
        label="Calls need a token"
        hint="Off: whoever reaches the server may call this gateway, and all who send no key of their own are one caller."
        problems={at("/authentication")}
        checked={form.authentication}
        onChecked={(authentication) => set({ authentication })}
      />
    </Group>
  );
}

export function Logs({ form, set, at }: Part) {
  return (
    <Group title="Logs">
      <Check
        label="Log requests"
        hint="A request may say otherwise for itself (cf-aig-collect-log)."
        problems={at("/collect_logs")}
        checked={form.collect_logs}
        onChecked={(collect_logs) => set({ collect_logs })}
      />
      <Check
        label="Keep what is asked and answered"
        hint="The bodies of requests and answers, with their logs. A request may say otherwise (cf-aig-collect-log-payload)."
        problems={at("/collect_log_payloads")}
        checked={form.collect_log_payloads}
        onChecked={(collect_log_payloads) => set({ collect_log_payloads })}
      />
      <div className="form-pair">
        <TextField
          label="Logs kept at most"
          hint="10 000 to 10 000 000."
          problems={at("/log_management")}
          number
          value={form.log_management}
          onValue={(log_management) => set({ log_management })}
        />
        <Field label="When there are so many" problems={at("/log_management_strategy")}>
          {(control) => (
            <Select
              {...control}
              value={form.log_management_strategy}
              options={[
                { value: "DELETE_OLDEST", label: "Delete the oldest" },
                { value: "STOP_INSERTING", label: "Write no further one" },
              ]}
              onValue={(it) =>
                set({ log_management_strategy: it === "STOP_INSERTING" ? it : "DELETE_OLDEST" })
              }
            />
          )}
        </Field>
        <TextField
          label="Deleted after, days"
          hint="Empty: as the server is configured (log_retention_days)."
          problems={at("/log_retention_days")}
          number
          value={form.log_retention_days}
          onValue={(log_retention_days) => set({ log_retention_days })}
        />
      </div>
    </Group>
  );
}

export function Cache({ form, set, at }: Part) {
  return (
    <Group
      title="Kept answers"
      about="An answer is given again to the same caller for exactly the same question. It costs nothing, and the gateway's limits are not asked about it."
    >
      <SecondsField
        label="Answers are kept for"
        hint="Empty: none, unless a request asks for it (cf-aig-cache-ttl)."
        problems={at("/cache_ttl")}
        value={form.cache_ttl}
        onValue={(cache_ttl) => set({ cache_ttl })}
      />
      <Check
        label="Forget them when these settings are saved"
        hint="Answers from before are not found any more after it."
        problems={at("/cache_invalidate_on_update")}
        checked={form.cache_invalidate_on_update}
        onChecked={(cache_invalidate_on_update) => set({ cache_invalidate_on_update })}
      />
    </Group>
  );
}

export function Retries({ form, set, at }: Part) {
  return (
    <Group
      title="Retries"
      about="Where neither the model element nor the request says. Only what another attempt can mend is tried again."
    >
      <div className="form-pair">
        <TextField
          label="Attempts at most"
          hint="1 to 5, the first one counted. Empty: 1, so no retry."
          problems={at("/retry_max_attempts")}
          number
          value={form.retry_max_attempts}
          onValue={(retry_max_attempts) => set({ retry_max_attempts })}
        />
        <TextField
          label="Delay, milliseconds"
          hint="Before the first retry; at most 5000. Empty: 200."
          problems={at("/retry_delay")}
          number
          value={form.retry_delay}
          onValue={(retry_delay) => set({ retry_delay })}
        />
        <Field label="Later delays" problems={at("/retry_backoff")}>
          {(control) => (
            <Select
              {...control}
              value={form.retry_backoff}
              options={[
                { value: "", label: "As usual: doubling" },
                { value: "constant", label: "The same (constant)" },
                { value: "linear", label: "Growing evenly (linear)" },
                { value: "exponential", label: "Doubling (exponential)" },
              ]}
              onValue={(it) =>
                set({
                  retry_backoff: it === "constant" || it === "linear" || it === "exponential" ? it : "",
                })
              }
            />
          )}
        </Field>
      </div>
    </Group>
  );
}

export function Rate({ form, set, at }: Part) {
  return (
    <Group
      title="Limit of requests"
      about="One for the whole gateway. A request counts once, when its first model is about to be called; without room it is a 429."
    >
      <div className="form-pair">
        <TextField
          label="Requests"
          hint="Empty: any number."
          problems={at("/rate_limiting_limit")}
          number
          value={form.rate_limiting_limit}
          onValue={(rate_limiting_limit) => set({ rate_limiting_limit })}
        />
        <SecondsField
          label="In"
          hint="Needed with a limit."
          problems={at("/rate_limiting_interval")}
          value={form.rate_limiting_interval}
          onValue={(rate_limiting_interval) => set({ rate_limiting_interval })}
        />
        <Field
          label="Window"
          hint="Fixed windows follow each other from full hours and days UTC; around a boundary twice as much may pass."
          problems={at("/rate_limiting_technique")}
        >
          {(control) => (
            <Select
              {...control}
              value={form.rate_limiting_technique}
              options={[
                { value: "fixed", label: "Fixed" },
                { value: "sliding", label: "Sliding" },
              ]}
              onValue={(it) => set({ rate_limiting_technique: it === "sliding" ? it : "fixed" })}
            />
          )}
        </Field>
        <Field
          label="When it cannot be counted"
          hint="While the server that keeps the limits is away."
          problems={at("/rate_limiting_on_unavailable")}
        >
          {(control) => (
            <Select
              {...control}
              value={form.rate_limiting_on_unavailable}
              options={[
                { value: "open", label: "Let it through" },
                { value: "closed", label: "Refuse it" },
              ]}
              onValue={(it) => set({ rate_limiting_on_unavailable: it === "closed" ? it : "open" })}
            />
          )}
        </Field>
      </div>
    </Group>
  );
}
