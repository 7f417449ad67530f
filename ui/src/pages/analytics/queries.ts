import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call } from "@/api/client";
import type { components } from "@/api/schema";
import { type Dimension, query, type Search, writeSearch } from "./search";

export type Analytics = components["schemas"]["AnalyticsView"];
type Listed = components["schemas"]["RouteFull"];
export type Group = components["schemas"]["GroupView"];

const ACCOUNT = "/client/v4/accounts/{account_id}/ai-gateway" as const;
const BASE = "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}" as const;

export function analytics(account: string, gateway: string, search: Search) {
  return queryOptions({
    queryKey: ["analytics", account, gateway, writeSearch(search)],
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
    queryFn: async ({ signal }) => {
      const asked = { query: query(search, Date.now()), signal };
      if (search.all)
        return (await call("get", `${ACCOUNT}/analytics`, { path: { account_id: account }, ...asked }))
          .result;
      const path = { account_id: account, gateway_id: gateway };
      return (await call("get", `${BASE}/analytics`, { path, ...asked })).result;
    },
  });
}

/** Words for ids: routes and tokens have names. What is gone stays an id, and so do tokens for those who may not see them. */
export function names(account: string, gateways: readonly string[], tokens: boolean) {
  return queryOptions({
    queryKey: ["routes", account, gateways, "words", tokens],
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      const words = new Map<string, string>();
      for (const gateway of gateways) {
        for (const it of await routes(account, gateway, signal)) {
          const name = gateways.length > 1 ? `${gateway}: ${it.name}` : it.name;
          words.set(`route ${it.id}`, name);
          if (it.version)
            words.set(`version ${it.version.version_id}`, `${name}, version ${it.version.number}`);
        }
      }
      if (tokens) {
        const path = { account_id: account };
        const all = (await call("get", "/client/v4/accounts/{account_id}/tokens", { path, signal })).result;
        for (const it of all) words.set(`key ${it.id}`, it.name);
      }
      return words;
    },
  });
}

async function routes(account: string, gateway: string, signal: AbortSignal) {
  const path = { account_id: account, gateway_id: gateway };
  const all: Listed[] = [];
  for (let page = 1; ; page += 1) {
    const query = { page, per_page: 100 };
    const { routes: some } = (await call("get", `${BASE}/routes`, { path, query, signal })).result;
    all.push(...some);
    if (some.length < query.per_page) return all;
  }
}

export type Words = ReadonlyMap<string, string> | undefined;

export function valueWords(words: Words, dimension: string, value: string | null | undefined): string {
  if (value === null || value === undefined) return NONE.get(dimension) ?? "none";
  return words?.get(`${dimension} ${value}`) ?? value;
}

const NONE = new Map([
  ["route", "no route"],
  ["version", "no route"],
  ["element", "no element answered"],
  ["key", "without a token"],
]);

export function groupWords(words: Words, group: readonly Dimension[], of: Group["group"]): string {
  return group.map((it) => valueWords(words, it, of[it])).join(" · ");
}
