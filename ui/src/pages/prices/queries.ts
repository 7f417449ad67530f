import { queryOptions } from "@tanstack/react-query";
import { call } from "@/api/client";
import { every } from "@/api/every";
import type { components } from "@/api/schema";

export type Price = components["schemas"]["PriceView"];
export type NewPrice = components["schemas"]["PutPrice"];
export type PriceEvent = components["schemas"]["PriceEventView"];

/** Whose prices: of one gateway, or (`undefined`) of all that have none of their own. */
export type Owner = string | undefined;

const ACCOUNT = "/client/v4/accounts/{account_id}/ai-gateway" as const;
const OF_ACCOUNT = `${ACCOUNT}/prices` as const;
const OF_GATEWAY = `${ACCOUNT}/gateways/{gateway_id}/prices` as const;

export function prices(account: string, owner: Owner) {
  return queryOptions({
    queryKey: ["prices", account, owner ?? null],
    queryFn: ({ signal }) =>
      every((query) =>
        owner === undefined
          ? call("get", OF_ACCOUNT, { path: { account_id: account }, query, signal })
          : call("get", OF_GATEWAY, { path: { account_id: account, gateway_id: owner }, query, signal }),
      ),
  });
}

export function history(account: string) {
  return queryOptions({
    queryKey: ["prices", account, "history"],
    queryFn: ({ signal }) =>
      every((query) =>
        call("get", `${OF_ACCOUNT}/history`, { path: { account_id: account }, query, signal }),
      ),
  });
}

export async function put(account: string, owner: Owner, body: NewPrice): Promise<Price> {
  if (owner === undefined) {
    return (await call("put", OF_ACCOUNT, { path: { account_id: account }, body })).result;
  }
  return (await call("put", OF_GATEWAY, { path: { account_id: account, gateway_id: owner }, body })).result;
}

export async function remove(account: string, owner: Owner, it: Price): Promise<void> {
  const query = { provider: it.provider, model: it.model };
  if (owner === undefined) await call("delete", OF_ACCOUNT, { path: { account_id: account }, query });
  else await call("delete", OF_GATEWAY, { path: { account_id: account, gateway_id: owner }, query });
}
