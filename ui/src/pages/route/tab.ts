import type { ComponentType } from "react";

/** What a folder below `pages/route/` says of itself in its `tab.ts`, as its default export. */
export type Tab = {
  /** As it stands in the address: `?tab=versions`. The first by `order` needs none. */
  readonly id: string;
  readonly title: string;
  readonly order: number;
  /** Its component, in a chunk of its own. What it shows is in `useRoute()` and `useDraft()`. */
  readonly load: () => Promise<{ default: ComponentType }>;
};
