import type { Page } from "@/app/page";

export default {
  path: "/providers",
  nav: { title: "Providers", order: 40 },
  right: "read",
  load: () => import("./ProvidersPage"),
} satisfies Page;
