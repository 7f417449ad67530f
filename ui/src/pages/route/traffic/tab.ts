import type { Tab } from "../tab";

export default {
  id: "traffic",
  title: "Traffic",
  order: 40,
  load: () => import("./TrafficTab"),
} satisfies Tab;
