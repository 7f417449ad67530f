import type { Page } from "@/app/page";

export default {
  path: "/logs/$log",
  right: "read",
  load: () => import("./LogPage"),
} satisfies Page;
