import { queryOptions } from "@tanstack/react-query";
import { call } from "@/api/client";
import type { Way } from "./search";

const BASE = "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}" as const;

/** A part of a way in words. Routes go by their name; what has none, or is gone, by its id. */
export function names(account: string, gateway: string) {
  return queryOptions({
    queryKey: ["routes", account, gateway, "names"],
    queryFn: async ({ signal }) => {
      const byId = new Map<string, string>();
      for (let page = 1; ; page += 1) {
        const path = { account_id: account, gateway_id: gateway };
        const query = { page, per_page: 100 };
        const { routes } = (await call("get", `${BASE}/routes`, { path, query, signal })).result;
        for (const it of routes) byId.set(it.id, it.name);
        if (routes.length < query.per_page) break;
      }
      return (part: keyof Way, value: string, way: Way): string => {
        if (part === "route") return `Route ${byId.get(value) ?? value}`;
        if (part === "version") return `Version ${value}`;
        if (part === "token") return `Token ${value}`;
        return way.output === undefined ? `Through ${value}` : `Through ${value} → ${way.output}`;
      };
    },
  });
}
