/** Which providers there are, and how many keys of each are stored here. Pure. */
import type { Row } from "./columns";
import type { Custom, Key } from "./queries";
import { PROVIDERS, type Provider } from "./table";

/** Those with keys first, then custom ones, then by name. */
export function rows(keys: readonly Key[], custom: readonly Custom[]): readonly Row[] {
  const many = (slug: string) => keys.filter((it) => it.provider_slug === slug).length;
  const own: Provider[] = custom.map((it) => ({
    slug: `custom-${it.slug}`,
    formats: [it.dialect],
    variables: [],
    sign: undefined,
    keyless: true,
  }));
  const all = [
    ...own.map((it) => ({ ...it, custom: true, keys: many(it.slug) })),
    ...PROVIDERS.map((it) => ({ ...it, custom: false, keys: many(it.slug) })),
  ];
  const rank = (it: Row) => (it.keys > 0 ? 0 : it.custom ? 1 : 2);
  return all.sort((a, b) => rank(a) - rank(b) || a.slug.localeCompare(b.slug));
}
