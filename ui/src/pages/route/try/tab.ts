import type { Tab } from "../tab";

export default {
  id: "try",
  title: "Try it",
  order: 30,
  load: () => import("./TryTab"),
} satisfies Tab;
