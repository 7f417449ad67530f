import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import { call } from "@/api/client";
import type { components } from "@/api/schema";

export type Bucket = components["schemas"]["BucketView"];

/** What is asked for; empty: whatever it is. */
export type Wanted = {
  readonly kind: string;
  readonly route: string;
  readonly element: string;
  readonly search: string;
  readonly min_share: string;
};

export const ALL: Wanted = { kind: "", route: "", element: "", search: "", min_share: "" };

const LIMITS = "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/limits" as const;
const SIZE = 100;
/** The server lets so many be paged through. */
const MOST = 10_000;
const EVERY_MS = 10_000;

/** The nearest to its limit first, a hundred at a time. */
export function buckets(account: string, gateway: string, wanted: Wanted, again: boolean) {
  return infiniteQueryOptions({
    queryKey: ["limits", account, gateway, wanted],
    initialPageParam: 1,
    placeholderData: keepPreviousData,
    refetchInterval: again ? EVERY_MS : false,
    queryFn: ({ signal, pageParam }) => {
      const path = { account_id: account, gateway_id: gateway };
      const query = { page: pageParam, per_page: SIZE, ...numbered(wanted) };
      return call("get", LIMITS, { path, query, signal });
    },
    getNextPageParam: (last, all) =>
      last.result.length < SIZE || all.length * SIZE >= MOST ? undefined : all.length + 1,
  });
}

function numbered({ min_share, ...wanted }: Wanted) {
  return { ...wanted, ...(min_share === "" ? {} : { min_share: Number(min_share) }) };
}

/** Gives the bucket as it was. */
export async function reset(account: string, gateway: string, bucket: string): Promise<Bucket> {
  const path = { account_id: account, gateway_id: gateway };
  return (await call("post", `${LIMITS}/reset`, { path, body: { bucket } })).result;
}
