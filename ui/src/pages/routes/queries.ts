import { queryOptions } from "@tanstack/react-query";
import { call } from "@/api/client";
import type { components } from "@/api/schema";

export type Route = components["schemas"]["RouteFull"];
export type Sums = { readonly requests: number; readonly errors: number; readonly cost: number };
export type Traffic = { readonly byRoute: ReadonlyMap<string, Sums>; readonly complete: boolean };

const BASE = "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}" as const;

/** All of them: the list is paged, and a page of it would hide routes without a word. */
export function routes(account: string, gateway: string) {
  return queryOptions({
    queryKey: ["routes", account, gateway],
    queryFn: async ({ signal }) => {
      const all: Route[] = [];
      for (let page = 1; ; page += 1) {
        const path = { account_id: account, gateway_id: gateway };
        const query = { page, per_page: 100 };
        const { result } = await call("get", `${BASE}/routes`, { path, query, signal });
        all.push(...result.routes);
        if (result.routes.length < query.per_page) return all;
      }
    },
  });
}

/** The last 24 hours by route. `complete`: a route that is not in it had no requests. */
export function traffic(account: string, gateway: string) {
  return queryOptions({
    queryKey: ["routes", account, gateway, "traffic"],
    refetchInterval: 30_000,
    queryFn: async ({ signal }): Promise<Traffic> => {
      const path = { account_id: account, gateway_id: gateway };
      const query = { group: "route", limit: 100 };
      const { result } = await call("get", `${BASE}/analytics`, { path, query, signal });
      const byRoute = new Map<string, Sums>();
      for (const { group, requests, errors, cost } of result.groups) {
        if (group.route) byRoute.set(group.route, { requests, errors, cost });
      }
      return { byRoute, complete: result.groups.length < query.limit };
    },
  });
}
