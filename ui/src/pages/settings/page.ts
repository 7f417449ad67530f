import type { Page } from "@/app/page";

export default {
  path: "/settings",
  nav: { title: "Settings", order: 65 },
  right: "read",
  load: () => import("./SettingsPage"),
} satisfies Page;
