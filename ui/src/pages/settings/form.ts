/** The settings of a gateway while they are typed, and what is sent of them. Pure. */
import { Typed } from "@/api/typed";
import type { Pair } from "@/ui/Pairs";
import type { Gateway, Sent } from "./queries";
import { type RuleForm, readRule, ruleForm } from "./rules";

export type CollectorForm = {
  readonly url: string;
  readonly authorization: string;
  readonly content_type: "json" | "protobuf";
  readonly headers: readonly Pair[];
};

export type Form = {
  readonly authentication: boolean;
  readonly collect_logs: boolean;
  readonly collect_log_payloads: boolean;
  readonly log_management: string;
  readonly log_management_strategy: Gateway["log_management_strategy"];
  readonly log_retention_days: string;
  readonly cache_ttl: string;
  readonly cache_invalidate_on_update: boolean;
  readonly retry_max_attempts: string;
  readonly retry_delay: string;
  readonly retry_backoff: "" | NonNullable<Gateway["retry_backoff"]>;
  readonly rate_limiting_limit: string;
  readonly rate_limiting_interval: string;
  readonly rate_limiting_technique: Gateway["rate_limiting_technique"];
  readonly rate_limiting_on_unavailable: Gateway["rate_limiting_on_unavailable"];
  readonly spend_enabled: boolean;
  readonly rules: readonly RuleForm[];
  readonly otel: readonly CollectorForm[];
  readonly logpush: boolean;
  readonly logpush_public_key: string;
  readonly store_id: string;
  readonly workers_ai_billing_mode: Gateway["workers_ai_billing_mode"];
};

export const NEW_COLLECTOR: CollectorForm = { url: "", authorization: "", content_type: "json", headers: [] };

export function formOf(it: Gateway): Form {
  return {
    authentication: it.authentication,
    collect_logs: it.collect_logs,
    collect_log_payloads: it.collect_log_payloads,
    log_management: String(it.log_management),
    log_management_strategy: it.log_management_strategy,
    log_retention_days: number(it.log_retention_days),
    cache_ttl: it.cache_ttl === 0 ? "" : String(it.cache_ttl),
    cache_invalidate_on_update: it.cache_invalidate_on_update,
    retry_max_attempts: number(it.retry_max_attempts),
    retry_delay: number(it.retry_delay),
    retry_backoff: it.retry_backoff ?? "",
    rate_limiting_limit: it.rate_limiting_limit === 0 ? "" : String(it.rate_limiting_limit),
    rate_limiting_interval: it.rate_limiting_interval === 0 ? "" : String(it.rate_limiting_interval),
    rate_limiting_technique: it.rate_limiting_technique,
    rate_limiting_on_unavailable: it.rate_limiting_on_unavailable,
    spend_enabled: it.spend_limits?.enabled ?? true,
    rules: (it.spend_limits?.rules ?? []).map(ruleForm),
    otel: (it.otel ?? []).map((one) => ({
      url: one.url,
      authorization: one.authorization ?? "",
      content_type: one.content_type ?? "json",
      headers: Object.entries(one.headers ?? {}).map(([key, value]) => ({ key, value })),
    })),
    logpush: it.logpush,
    logpush_public_key: it.logpush_public_key ?? "",
    store_id: it.store_id ?? "",
    workers_ai_billing_mode: it.workers_ai_billing_mode,
  };
}

function number(it: number | null | undefined): string {
  return it === null || it === undefined ? "" : String(it);
}

/** All of it. Throws what cannot be read, at its field. */
export function read(form: Form): Sent {
  const typed = new Typed();
  const whole = (name: string, text: string) => typed.whole(`/${name}`, text);
  const sent: Sent = {
    authentication: form.authentication,
    collect_logs: form.collect_logs,
    collect_log_payloads: form.collect_log_payloads,
    log_management: whole("log_management", form.log_management),
    log_management_strategy: form.log_management_strategy,
    log_retention_days: whole("log_retention_days", form.log_retention_days),
    cache_ttl: whole("cache_ttl", form.cache_ttl),
    cache_invalidate_on_update: form.cache_invalidate_on_update,
    retry_max_attempts: whole("retry_max_attempts", form.retry_max_attempts),
    retry_delay: whole("retry_delay", form.retry_delay),
    retry_backoff: form.retry_backoff === "" ? null : form.retry_backoff,
    rate_limiting_limit: whole("rate_limiting_limit", form.rate_limiting_limit),
    rate_limiting_interval: whole("rate_limiting_interval", form.rate_limiting_interval),
    rate_limiting_technique: form.rate_limiting_technique,
    rate_limiting_on_unavailable: form.rate_limiting_on_unavailable,
    spend_limits: {
      enabled: form.spend_enabled,
      rules: form.rules.map((it, i) => readRule(typed, `/spend_limits/rules/${i}`, it)),
    },
    otel: form.otel.map((it) => ({
      url: it.url.trim(),
      content_type: it.content_type,
      authorization: typed.text(it.authorization),
      headers: Object.fromEntries(
        it.headers.filter((one) => one.key.trim() !== "").map((one) => [one.key.trim(), one.value]),
      ),
    })),
    logpush: form.logpush,
    logpush_public_key: typed.text(form.logpush_public_key),
    store_id: typed.text(form.store_id),
    workers_ai_billing_mode: form.workers_ai_billing_mode,
    zdr: false,
  };
  typed.done();
  return sent;
}

/** What was changed since `before` over what is there `now`: whoever changed something else in the meantime keeps it. */
export function over(before: Gateway, form: Form, now: Gateway): Sent {
  const [was, is, fresh] = [read(formOf(before)), read(form), read(formOf(now))];
  const same = (key: string) => JSON.stringify(pick(was, key)) === JSON.stringify(pick(is, key));
  const changed = Object.fromEntries(Object.entries(is).filter(([key]) => !same(key)));
  return { ...fresh, ...changed };
}

function pick(of: object, key: string): unknown {
  return Object.entries(of).find(([it]) => it === key)?.[1];
}
