import { queryOptions } from "@tanstack/react-query";
import { call } from "./client";

/** Keys that the metadata of a gateway's logs has. */
export function metadataKeys(account: string, gateway: string) {
  return queryOptions({
    queryKey: ["logs", account, gateway, "metadata keys"],
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      const path = { account_id: account, gateway_id: gateway };
      const url =
        "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs/metadata-keys" as const;
      return (await call("get", url, { path, signal })).result.keys;
    },
  });
}
