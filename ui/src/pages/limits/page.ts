import type { Page } from "@/app/page";

export default {
  path: "/limits",
  nav: { title: "Limits", order: 35 },
  right: "read",
  load: () => import("./LimitsPage"),
} satisfies Page;
