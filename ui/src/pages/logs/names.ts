import { queryOptions } from "@tanstack/react-query";
import { call } from "@/api/client";
import type { Suggestion } from "@/ui/Combobox";
import type { Names } from "./filters";

const BASE = "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}" as const;

export type Known = {
  readonly name: Names;
  /** Routes, live versions and tokens to choose from. */
  readonly suggest: (key: string) => readonly Suggestion[];
};

/** What ids are called. What is gone, or may not be seen, stays an id. */
export function names(account: string, gateway: string, tokens: boolean) {
  return queryOptions({
    queryKey: ["routes", account, gateway, "names", tokens],
    queryFn: async ({ signal }): Promise<Known> => {
      const called = new Map<string, Map<string, string>>([
        ["route", new Map()],
        ["version", new Map()],
        ["token", new Map()],
      ]);
      for (let page = 1; ; page += 1) {
        const path = { account_id: account, gateway_id: gateway };
        const query = { page, per_page: 100 };
        const { routes } = (await call("get", `${BASE}/routes`, { path, query, signal })).result;
        for (const { id, name, version } of routes) {
          called.get("route")?.set(id, name);
          if (version) called.get("version")?.set(version.version_id, `${version.number} of ${name}`);
        }
        if (routes.length < query.per_page) break;
      }
      if (tokens) {
        const path = { account_id: account };
        const all = (await call("get", "/client/v4/accounts/{account_id}/tokens", { path, signal })).result;
        for (const it of all) called.get("token")?.set(it.id, it.name);
      }
      return {
        name: (key, value) => called.get(key)?.get(value),
        suggest: (key) => [...(called.get(key) ?? [])].map(([value, note]) => ({ value, note })),
      };
    },
  });
}
