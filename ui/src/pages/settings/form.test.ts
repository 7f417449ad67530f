import { describe, expect, it } from "vitest";
import { Problem } from "@/api/problem";
import { formOf, over, read } from "./form";
import type { Gateway } from "./queries";
import { NEW_RULE } from "./rules";

const gateway: Gateway = {
  id: "default",
  account_id: "default",
  account_tag: "default",
  is_default: true,
  authentication: true,
  collect_logs: true,
  collect_log_payloads: true,
  cache_invalidate_on_update: false,
  cache_ttl: 0,
  rate_limiting_interval: 0,
  rate_limiting_limit: 0,
  rate_limiting_technique: "fixed",
  rate_limiting_on_unavailable: "open",
  spend_limits: {
    enabled: true,
    rules: [
      {
        id: "0a1b2c3d",
        enabled: true,
        limit: 10.5,
        limitType: "cost",
        window: 86400,
        technique: "sliding",
        provider: { mode: "filter", values: ["openai"] },
        metadata: { user: { mode: "partition" } },
        onUnavailable: "closed",
        onUnknownPrice: "allow",
      },
    ],
  },
  log_management: 10_000_000,
  log_management_strategy: "DELETE_OLDEST",
  log_retention_days: null,
  logpush: false,
  logpush_public_key: null,
  retry_backoff: null,
  retry_delay: null,
  retry_max_attempts: null,
  store_id: "kept",
  workers_ai_billing_mode: "postpaid",
  zdr: false,
  otel: [
    { url: "https://otel.example.com/v1/traces", content_type: "protobuf", headers: { "x-key": "***" } },
  ],
  created_at: "2026-11-26T10:00:00.000Z",
  modified_at: "2026-11-26T10:00:00.000Z",
};

describe("the settings of a gateway", () => {
  it("are sent as they are when nothing is changed", () => {
    const sent = read(formOf(gateway));
    expect(sent.spend_limits).toEqual(gateway.spend_limits);
    expect(sent.otel).toEqual([{ ...gateway.otel?.[0], authorization: null }]);
    expect(sent.store_id).toBe("kept");
    expect(sent.log_management).toBe(10_000_000);
  });

  it("keep what somebody else changed in the meantime", () => {
    const form = { ...formOf(gateway), cache_ttl: "300" };
    const sent = over(gateway, form, { ...gateway, authentication: false, log_retention_days: 30 });
    expect(sent.cache_ttl).toBe(300);
    expect(sent.authentication).toBe(false);
    expect(sent.log_retention_days).toBe(30);
  });

  it("say at its field what cannot be read", () => {
    const form = { ...formOf(gateway), cache_ttl: "soon", rules: [{ ...NEW_RULE, limit: "" }] };
    let told: unknown;
    try {
      read(form);
    } catch (thrown) {
      told = thrown;
    }
    expect(told).toBeInstanceOf(Problem);
    if (!(told instanceof Problem)) return;
    expect(told.at("/cache_ttl")).toHaveLength(1);
    expect(told.at("/spend_limits/rules/0/limit")).toEqual(["How many dollars?"]);
  });
});
