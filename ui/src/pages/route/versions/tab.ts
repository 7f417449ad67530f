import type { Tab } from "../tab";

export default {
  id: "versions",
  title: "Versions",
  order: 20,
  load: () => import("./VersionsTab"),
} satisfies Tab;
