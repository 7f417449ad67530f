import type { Page } from "@/app/page";

export default {
  path: "/gateways",
  nav: { title: "Gateways", order: 60 },
  right: "read",
  load: () => import("./GatewaysPage"),
} satisfies Page;
