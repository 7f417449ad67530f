import { queryOptions } from "@tanstack/react-query";
import { call } from "@/api/client";
import { every } from "@/api/every";
import type { components } from "@/api/schema";

export type Key = components["schemas"]["ProviderConfigView"];
export type NewKey = components["schemas"]["CreateProviderConfig"];
export type KeyChange = components["schemas"]["ChangeProviderConfig"];
export type Offered = components["schemas"]["ProviderOffered"];
export type Custom = components["schemas"]["CustomProviderView"];

const ACCOUNT = "/client/v4/accounts/{account_id}/ai-gateway" as const;
const KEYS = `${ACCOUNT}/gateways/{gateway_id}/provider_configs` as const;

export function keys(account: string, gateway: string) {
  return queryOptions({
    queryKey: ["keys", account, gateway],
    queryFn: ({ signal }) =>
      every((query) =>
        call("get", KEYS, { path: { account_id: account, gateway_id: gateway }, query, signal }),
      ),
  });
}

/** What the gateway can call, and which providers the server has a key for. */
export function offered(account: string, gateway: string) {
  return queryOptions({
    queryKey: ["keys", account, gateway, "offered"],
    queryFn: ({ signal }) =>
      every((query) =>
        call("get", `${ACCOUNT}/gateways/{gateway_id}/providers`, {
          path: { account_id: account, gateway_id: gateway },
          query,
          signal,
        }),
      ),
  });
}

export function customProviders(account: string) {
  return queryOptions({
    queryKey: ["custom-providers", account],
    queryFn: ({ signal }) =>
      every((query) =>
        call("get", `${ACCOUNT}/custom-providers`, { path: { account_id: account }, query, signal }),
      ),
  });
}

export async function add(account: string, gateway: string, body: NewKey): Promise<Key> {
  const path = { account_id: account, gateway_id: gateway };
  return (await call("post", KEYS, { path, body })).result;
}

export async function change(account: string, gateway: string, id: string, body: KeyChange): Promise<Key> {
  const path = { account_id: account, gateway_id: gateway, id };
  return (await call("put", `${KEYS}/{id}`, { path, body })).result;
}

export async function remove(account: string, gateway: string, id: string, force: boolean): Promise<void> {
  const path = { account_id: account, gateway_id: gateway, id };
  await call("delete", `${KEYS}/{id}`, { path, query: { force } });
}
