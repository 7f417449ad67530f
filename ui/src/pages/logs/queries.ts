import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call } from "@/api/client";
import type { components } from "@/api/schema";
import { type Whole, whole } from "../log/queries";
import { type Filter, queryOf } from "./filters";
import { joined, nextPage } from "./rows";
import { listQuery, PER_PAGE, type Search } from "./search";

export type Log = Whole<components["schemas"]["LogView"]>;
export type LogPage = { readonly rows: readonly Log[]; readonly total: number };

const BASE = "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}" as const;

/** One page. */
export async function page(
  account: string,
  gateway: string,
  search: Search,
  at: { readonly page: number; readonly now: number },
  signal: AbortSignal,
): Promise<LogPage> {
  const path = { account_id: account, gateway_id: gateway };
  const query = { ...listQuery(search, at.now), page: at.page };
  const { result, total } = await call("get", `${BASE}/logs`, { path, query, signal });
  return { rows: result.map(whole), total: total ?? result.length };
}

/** Page after page. `now` is when one began to look. */
export function logs(account: string, gateway: string, search: Search, now: number) {
  return infiniteQueryOptions({
    queryKey: ["logs", account, gateway, listQuery(search, now), now],
    queryFn: ({ pageParam, signal }) => page(account, gateway, search, { page: pageParam, now }, signal),
    initialPageParam: 1,
    getNextPageParam: (last, all) =>
      last.rows.length === 0
        ? undefined
        : nextPage(joined(all.map((it) => it.rows)).length, last.total, PER_PAGE),
    // What was loaded is renewed by its first page (`useLogs`): a refetch of all pages would ask for hundreds.
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });
}

/** How many logs a deletion would find. */
export async function howMany(account: string, gateway: string, filters: readonly Filter[]) {
  const path = { account_id: account, gateway_id: gateway };
  const given = queryOf(filters);
  const query = { per_page: 1, ...(given === undefined ? {} : { filters: given }) };
  return (await call("get", `${BASE}/logs`, { path, query })).total ?? 0;
}

/** Deletes up to 10 000 of them, the oldest first, and says how many. */
export async function remove(
  account: string,
  gateway: string,
  filters: readonly Filter[],
  signal: AbortSignal,
) {
  const path = { account_id: account, gateway_id: gateway };
  const given = queryOf(filters);
  const query = given === undefined ? {} : { filters: given };
  return (await call("delete", `${BASE}/logs`, { path, query, signal })).result.deleted;
}

/** Where the OpenAI-compatible API of this gateway is. */
export function address(account: string, gateway: string) {
  return queryOptions({
    queryKey: ["address", account, gateway],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const path = { account_id: account, gateway_id: gateway, provider: "compat" };
      return (await call("get", `${BASE}/url/{provider}`, { path, signal })).result;
    },
  });
}
