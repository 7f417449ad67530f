import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call } from "@/api/client";
import type { components } from "@/api/schema";
import { type Dimension, query, type Search, writeSearch } from "./search";

export type Analytics = components["schemas"]["AnalyticsView"];
export type Group = components["schemas"]["GroupView"];

const BASE = "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}" as const;

export function analytics(account: string, gateway: string, search: Search) {
  return queryOptions({
    queryKey: ["analytics", account, gateway, writeSearch(search)],
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
    queryFn: async ({ signal }) => {
      const path = { account_id: account, gateway_id: gateway };
      return (await call("get", `${BASE}/analytics`, { path, query: query(search, Date.now()), signal }))
        .result;
    },
  });
}

/** Words for ids: routes and tokens have names. What is gone stays an id, and so do tokens for those who may not see them. */
export function names(account: string, gateway: string, tokens: boolean) {
  return queryOptions({
    queryKey: ["routes", account, gateway, "words", tokens],
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      const words = new Map<string, string>();
      for (let page = 1; ; page += 1) {
        const path = { account_id: account, gateway_id: gateway };
        const { routes } = (
          await call("get", `${BASE}/routes`, { path, query: { page, per_page: 100 }, signal })
        ).result;
        for (const it of routes) {
          words.set(`route ${it.id}`, it.name);
          if (it.version)
            words.set(`version ${it.version.version_id}`, `${it.name}, version ${it.version.number}`);
        }
        if (routes.length < 100) break;
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
