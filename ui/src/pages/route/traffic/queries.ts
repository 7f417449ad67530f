import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call } from "@/api/client";
import { type At, BASE, pathOf } from "../queries";

export const SPANS = { "15m": 15, "1h": 60, "24h": 1440, "7d": 10_080, "30d": 43_200 } as const;
export type Span = keyof typeof SPANS;

/** The sums of every output, looked at again every ten seconds. */
export function traffic(at: At, span: Span, version: string) {
  return queryOptions({
    queryKey: ["route", at.account, at.gateway, at.id, "traffic", span, version],
    refetchInterval: 10_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const start = new Date(Date.now() - SPANS[span] * 60_000).toISOString();
      const query = { start, version };
      return (await call("get", `${BASE}/routes/{id}/analytics`, { path: pathOf(at), query, signal })).result;
    },
  });
}

/** Every version, newest first, by its number. */
export function versionNumbers(at: At) {
  return queryOptions({
    queryKey: ["route", at.account, at.gateway, at.id, "numbers"],
    queryFn: async ({ signal }) => {
      const all: { id: string; number: number }[] = [];
      for (let page = 1; ; page += 1) {
        const query = { page, per_page: 100 };
        const { versions } = (
          await call("get", `${BASE}/routes/{id}/versions`, { path: pathOf(at), query, signal })
        ).result;
        all.push(...versions.map((it) => ({ id: it.version_id, number: it.number })));
        if (versions.length < query.per_page) return all;
      }
    },
  });
}
