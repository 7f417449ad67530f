import type { ComponentType } from "react";
import type { Right } from "@/session/session";

/** What a folder of `pages/` says of itself in its `page.ts`, as its default export. */
export type Page = {
  /** Below `/g/{gateway}`: `/routes`, `/routes/$id`. */
  readonly path: string;
  /** Its place in the navigation; a page without one is reached from others. */
  readonly nav?: { readonly title: string; readonly order: number };
  readonly right: Right;
  /** Its component, in a chunk of its own. */
  readonly load: () => Promise<{ default: ComponentType }>;
};
