const SIZE = 100;

/** All of a list: it is paged, and one page of it would hide the rest without a word. */
export async function every<T>(
  page: (query: { page: number; per_page: number }) => Promise<{ result: readonly T[] }>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let n = 1; ; n += 1) {
    const { result } = await page({ page: n, per_page: SIZE });
    all.push(...result);
    if (result.length < SIZE) return all;
  }
}
