import { queryOptions } from "@tanstack/react-query";
import { call } from "@/api/client";
import type { Entry } from "@/api/problem";
import type { components } from "@/api/schema";

export type Gateway = components["schemas"]["GatewayView"];
/** What is sent. The document leaves out the two that have a column of their own. */
export type Sent = components["schemas"]["Settings"] & {
  readonly authentication: boolean;
  readonly collect_logs: boolean;
};

const GATEWAY = "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}" as const;

export function settings(account: string, gateway: string) {
  return queryOptions({
    queryKey: ["gateways", account, gateway],
    queryFn: async ({ signal }) => (await fetchSettings(account, gateway, signal)).result,
    // What is being typed begins with what was read; another focus of the window must not begin it anew.
    refetchOnWindowFocus: false,
  });
}

function fetchSettings(account: string, gateway: string, signal?: AbortSignal) {
  const path = { account_id: account, gateway_id: gateway };
  return call("get", GATEWAY, { path, ...(signal ? { signal } : {}) });
}

export type Saved = { readonly gateway: Gateway; readonly messages: readonly Entry[] };

/** PUT replaces everything and there is no ETag, so what was not changed here is sent as it is now, not as it was read. */
export async function save(account: string, gateway: string, change: (now: Gateway) => Sent): Promise<Saved> {
  const { result: now } = await fetchSettings(account, gateway);
  const path = { account_id: account, gateway_id: gateway };
  const { result, messages } = await call("put", GATEWAY, { path, body: change(now) });
  return { gateway: result, messages };
}
