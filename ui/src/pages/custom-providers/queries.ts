import { queryOptions } from "@tanstack/react-query";
import { call } from "@/api/client";
import { every } from "@/api/every";
import type { components } from "@/api/schema";

export type Custom = components["schemas"]["CustomProviderView"];
export type Changes = components["schemas"]["Changes"];

export const CUSTOM = "/client/v4/accounts/{account_id}/ai-gateway/custom-providers" as const;

export function customProviders(account: string) {
  return queryOptions({
    queryKey: ["custom-providers", account],
    queryFn: ({ signal }) =>
      every((query) => call("get", CUSTOM, { path: { account_id: account }, query, signal })),
  });
}

export async function create(account: string, body: Changes): Promise<Custom> {
  return (await call("post", CUSTOM, { path: { account_id: account }, body })).result;
}
