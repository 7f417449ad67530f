import type { Page } from "@/app/page";

export default {
  path: "/analytics",
  nav: { title: "Analytics", order: 30 },
  right: "read",
  load: () => import("./AnalyticsPage"),
} satisfies Page;
