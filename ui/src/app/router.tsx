import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { EmptyState, ErrorState, Skeleton } from "@/ui/States";
import { pages } from "./pages";
import { Shell } from "./Shell";

/** Pages stand below `/g/{gateway}`, where no path of the API begins. */
function build() {
  const root = createRootRoute({ component: Shell });
  const home = createRoute({
    getParentRoute: () => root,
    path: "/",
    beforeLoad: () => {
      throw redirect({ to: "/g/$gateway/routes", params: { gateway: "default" } });
    },
  });
  const all = pages.map((page) =>
    createRoute({
      getParentRoute: () => root,
      path: `/g/$gateway${page.path}`,
      component: lazyRouteComponent(page.load),
    }),
  );
  return createRouter({
    routeTree: root.addChildren([home, ...all]),
    defaultPreload: "intent",
    defaultPendingComponent: Skeleton,
    defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} retry={reset} />,
    defaultNotFoundComponent: () => <EmptyState title="There is no such page" />,
  });
}

export const router = build();
