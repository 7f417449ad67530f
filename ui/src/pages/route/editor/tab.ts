import type { Tab } from "../tab";

export default {
  id: "editor",
  title: "Editor",
  order: 10,
  load: () => import("./EditorTab"),
} satisfies Tab;
