import { infiniteQueryOptions } from "@tanstack/react-query";
import { call } from "@/api/client";
import type { components } from "@/api/schema";

export type Deed = components["schemas"]["AuditView"];

const SIZE = 100;

/** Newest first, a hundred at a time. `gateway` empty: of all, and of what is in none. */
export function audit(account: string, gateway: string) {
  return infiniteQueryOptions({
    queryKey: ["audit", account, gateway],
    initialPageParam: 1,
    queryFn: ({ signal, pageParam }) => {
      const path = { account_id: account };
      const query = { page: pageParam, per_page: SIZE, gateway_id: gateway };
      return call("get", "/client/v4/accounts/{account_id}/ai-gateway/audit", { path, query, signal });
    },
    getNextPageParam: (last, all) => (last.result.length < SIZE ? undefined : all.length + 1),
  });
}
