/** The list as it grows: pages behind it, new logs before it. Pure. */
/** Pages one after the other, each log once: what came in the meantime has moved others to the next page. */
export function joined<T extends { readonly id: string }>(pages: readonly (readonly T[])[]): readonly T[] {
  const seen = new Set<string>();
  return pages.flat().filter((it) => !seen.has(it.id) && seen.add(it.id) !== undefined);
}

/** The page to ask for next, when these many are known from the first on. */
export function nextPage(known: number, total: number, perPage: number): number | undefined {
  return known >= total ? undefined : Math.floor(known / perPage) + 1;
}

/**
 * The list with a first page that was asked for anew. When nothing of it was known, logs are missing between it and the rest: then the
 * rest goes, and is loaded again as one scrolls.
 */
export function renewed<T extends { readonly id: string }>(
  rows: readonly T[],
  first: readonly T[],
  perPage: number,
): { readonly rows: readonly T[]; readonly fresh: number } {
  const known = new Set(rows.map((it) => it.id));
  const fresh = first.filter((it) => !known.has(it.id)).length;
  const cut = rows.length > 0 && fresh === first.length && first.length === perPage;
  return { rows: cut ? first : joined([first, rows]), fresh };
}
