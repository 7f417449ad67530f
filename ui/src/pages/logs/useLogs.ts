import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { asProblem } from "@/api/problem";
import { logs, page } from "./queries";
import { joined, renewed } from "./rows";
import { PER_PAGE, type Search, writeSearch } from "./search";

/** Milliseconds between two looks for new logs. */
const EVERY = 5000;

/** The logs that the address asks for, as far as they were loaded, and new ones as they come while `live`. */
export function useLogs(account: string, gateway: string, search: Search, live: boolean) {
  const client = useQueryClient();
  const wanted = JSON.stringify(writeSearch(search));
  const [begun, setBegun] = useState(() => ({ wanted, now: Date.now() }));
  // Another search begins to look anew.
  if (begun.wanted !== wanted) setBegun({ wanted, now: Date.now() });
  const { now } = begun;

  const options = useMemo(() => logs(account, gateway, search, now), [account, gateway, search, now]);
  const list = useInfiniteQuery(options);
  const rows = useMemo(() => joined((list.data?.pages ?? []).map((it) => it.rows)), [list.data]);
  const total = list.data?.pages.at(-1)?.total ?? 0;

  const [failed, setFailed] = useState<string>();
  const key = options.queryKey;
  const renew = useCallback(
    async (signal: AbortSignal) => {
      const there = client.getQueryData(key);
      if (there === undefined) return;
      try {
        const first = await page(account, gateway, search, { page: 1, now }, signal);
        client.setQueryData(key, (old) => {
          if (old === undefined) return old;
          const rows = renewed(joined(old.pages.map((it) => it.rows)), first.rows, PER_PAGE).rows;
          return { pages: [{ rows, total: first.total }], pageParams: [1] };
        });
        setFailed(undefined);
      } catch (thrown) {
        if (!signal.aborted) setFailed(asProblem(thrown).message);
      }
    },
    [client, key, account, gateway, search, now],
  );
  useEffect(() => {
    if (!live) return;
    const stop = new AbortController();
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void renew(stop.signal);
    }, EVERY);
    return () => {
      stop.abort();
      clearInterval(timer);
    };
  }, [live, renew]);

  const { fetchNextPage, hasNextPage, isFetchingNextPage, isFetchNextPageError } = list;

  return {
    rows,
    total,
    failed,
    isPending: list.isPending,
    /** What is shown is of the search before. */
    isOld: list.isPlaceholderData,
    error: list.data === undefined ? list.error : null,
    moreError: isFetchNextPageError ? list.error : null,
    isLoadingMore: isFetchingNextPage,
    more: () => {
      if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
    },
    /** Everything anew, from the first page on. */
    again: () => {
      setBegun({ wanted, now: Date.now() });
      if (list.data === undefined) void list.refetch();
    },
  };
}
