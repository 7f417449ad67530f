/** Keys and functions of what several pages read. A page's own queries stand in its folder. */
import { MutationCache, QueryCache, QueryClient, queryOptions } from "@tanstack/react-query";
import { call } from "./client";
import { every } from "./every";
import { asProblem } from "./problem";

/** Refused is refused: only what did not reach the server, or found it away, is tried again. */
export function again(count: number, thrown: unknown): boolean {
  const { kind, status } = asProblem(thrown);
  return count < 2 && (kind === "network" || status === 503 || status === 429);
}

/** The key of the query that says who is logged in. */
export const SESSION = ["session"] as const;

/** A page that is told 401 has the session asked for again: when it has ended the shell shows the login, and no page has to think of it. */
export function newQueryClient(): QueryClient {
  const told = (thrown: unknown) => {
    if (asProblem(thrown).status === 401) void client.invalidateQueries({ queryKey: SESSION });
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (thrown, query) => query.queryKey[0] !== SESSION[0] && told(thrown),
    }),
    // A login that is refused says nothing of a session, and its form is to stay as it is.
    mutationCache: new MutationCache({
      onError: (thrown, _variables, _result, mutation) =>
        mutation.options.mutationKey?.[0] !== SESSION[0] && told(thrown),
    }),
    defaultOptions: {
      queries: { retry: again, staleTime: 10_000, networkMode: "always" },
      mutations: { retry: false, networkMode: "always" },
    },
  });
  return client;
}

export function gateways(account: string) {
  return queryOptions({
    queryKey: ["gateways", account],
    queryFn: async ({ signal }) => {
      const path = { account_id: account };
      return every((query) =>
        call("get", "/client/v4/accounts/{account_id}/ai-gateway/gateways", { path, query, signal }),
      );
    },
  });
}
