import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call } from "@/api/client";
import type { components } from "@/api/schema";
import { asked, type Wanted } from "./deeds";

export type Deed = components["schemas"]["AuditView"];

const AUDIT = "/client/v4/accounts/{account_id}/ai-gateway/audit" as const;
const SIZE = 100;

/** Newest first, a hundred at a time. */
export function audit(account: string, wanted: Wanted) {
  return infiniteQueryOptions({
    queryKey: ["audit", account, wanted],
    initialPageParam: 1,
    placeholderData: keepPreviousData,
    queryFn: ({ signal, pageParam }) => {
      const query = { page: pageParam, per_page: SIZE, ...asked(wanted) };
      return call("get", AUDIT, { path: { account_id: account }, query, signal });
    },
    getNextPageParam: (last, all) => (last.result.length < SIZE ? undefined : all.length + 1),
  });
}

/** Who has changed anything, and what kinds of changes there are. */
export function names(account: string) {
  return queryOptions({
    queryKey: ["audit-names", account],
    queryFn: async ({ signal }) =>
      (await call("get", `${AUDIT}/names`, { path: { account_id: account }, signal })).result,
  });
}
