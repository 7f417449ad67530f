/** Every tab of a route: a new one is a new folder, and no other file changes. */
import { lazy } from "react";
import type { Tab } from "./tab";

const found = import.meta.glob<{ default: Tab }>("./*/tab.ts", { eager: true });

export const tabs = Object.values(found)
  .map((it) => it.default)
  .sort((a, b) => a.order - b.order)
  .map((it) => ({ ...it, Content: lazy(it.load) }));
