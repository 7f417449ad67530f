import type { Page } from "@/app/page";

export default {
  path: "/routes",
  nav: { title: "Routes", order: 10 },
  right: "read",
  load: () => import("./RoutesPage"),
} satisfies Page;
