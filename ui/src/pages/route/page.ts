import type { Page } from "@/app/page";

export default {
  path: "/routes/$id",
  right: "read",
  load: () => import("./RoutePage"),
} satisfies Page;
