import type { Page } from "@/app/page";

export default {
  path: "/prices",
  nav: { title: "Prices", order: 50 },
  right: "read",
  load: () => import("./PricesPage"),
} satisfies Page;
