/** Keys and functions of what several pages read. A page's own queries stand in its folder. */
import { QueryClient, queryOptions } from "@tanstack/react-query";
import { call } from "./client";
import { asProblem } from "./problem";

/** Refused is refused: only what did not reach the server, or found it away, is tried again. */
export function again(count: number, thrown: unknown): boolean {
  const { kind, status } = asProblem(thrown);
  return count < 2 && (kind === "network" || status === 503 || status === 429);
}

export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: again, staleTime: 10_000, networkMode: "always" },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}

export function gateways(account: string) {
  return queryOptions({
    queryKey: ["gateways", account],
    queryFn: async ({ signal }) => {
      const path = { account_id: account };
      const query = { per_page: 100 };
      return (
        await call("get", "/client/v4/accounts/{account_id}/ai-gateway/gateways", { path, query, signal })
      ).result;
    },
  });
}
