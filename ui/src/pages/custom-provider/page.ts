import type { Page } from "@/app/page";

export default {
  path: "/custom-providers/$id",
  right: "read",
  load: () => import("./CustomProviderPage"),
} satisfies Page;
