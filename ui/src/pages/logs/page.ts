import type { Page } from "@/app/page";

export default {
  path: "/logs",
  nav: { title: "Logs", order: 20 },
  right: "read",
  load: () => import("./LogsPage"),
} satisfies Page;
