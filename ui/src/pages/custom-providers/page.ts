import type { Page } from "@/app/page";

export default {
  path: "/custom-providers",
  nav: { title: "Custom providers", order: 45 },
  right: "read",
  load: () => import("./CustomProvidersPage"),
} satisfies Page;
