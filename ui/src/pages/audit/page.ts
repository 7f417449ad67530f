import type { Page } from "@/app/page";

export default {
  path: "/audit",
  nav: { title: "Audit", order: 80 },
  right: "admin",
  load: () => import("./AuditPage"),
} satisfies Page;
