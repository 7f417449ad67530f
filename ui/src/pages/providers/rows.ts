/** Which providers there are, and where the keys of each are. Pure. */
import type { Row } from "./columns";
import type { Custom, Key, Offered } from "./queries";
import { PROVIDERS, type Provider } from "./table";

/** Those with keys first, then those that the server has a key for, then custom ones, then by name. */
export function rows(
  keys: readonly Key[],
  custom: readonly Custom[],
  offered: readonly Offered[],
): readonly Row[] {
  const served = new Set(offered.filter((it) => it.server_key).map((it) => it.provider));
  const many = (slug: string) => keys.filter((it) => it.provider_slug === slug).length;
  const own: Provider[] = custom.map((it) => ({
    slug: `custom-${it.slug}`,
    formats: [it.dialect],
    variables: [],
    sign: undefined,
    keyless: true,
  }));
  const all = [
    ...own.map((it) => ({ ...it, custom: true, keys: many(it.slug), server: served.has(it.slug) })),
    ...PROVIDERS.map((it) => ({
      ...it,
      custom: false,
      keys: many(it.slug),
      server: served.has(it.slug),
    })),
  ];
  const rank = (it: Row) => (it.keys > 0 ? 0 : it.server ? 1 : it.custom ? 2 : 3);
  return all.sort((a, b) => rank(a) - rank(b) || a.slug.localeCompare(b.slug));
}
