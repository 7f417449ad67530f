import type { Page } from "@/app/page";

export default {
  path: "/tokens",
  nav: { title: "Tokens", order: 70 },
  right: "admin",
  load: () => import("./TokensPage"),
} satisfies Page;
