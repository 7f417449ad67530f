/** Every page there is: a new one is a new folder, and no other file changes. */
import type { Page } from "./page";

const found = import.meta.glob<{ default: Page }>("../pages/*/page.ts", { eager: true });

export const pages: readonly Page[] = Object.values(found).map((it) => it.default);

export const navigation = pages
  .flatMap((it) => (it.nav ? [{ ...it.nav, path: it.path, right: it.right }] : []))
  .sort((a, b) => a.order - b.order);
