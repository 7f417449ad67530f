import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
} from "@tanstack/react-router";
import { EmptyState, ErrorState, Skeleton } from "@/ui/States";
import { Home } from "./Home";
import { pages } from "./pages";
import { Shell } from "./Shell";

/** Pages stand below `/g/{gateway}`, where no path of the API begins. `history`: the browser's, but in tests. */
export function newRouter(history?: RouterHistory) {
  const root = createRootRoute({ component: Shell });
  const home = createRoute({ getParentRoute: () => root, path: "/", component: Home });
  const all = pages.map((page) =>
    createRoute({
      getParentRoute: () => root,
      path: `/g/$gateway${page.path}`,
      component: lazyRouteComponent(page.load),
    }),
  );
  return createRouter({
    ...(history === undefined ? {} : { history }),
    routeTree: root.addChildren([home, ...all]),
    defaultPreload: "intent",
    defaultPendingComponent: Skeleton,
    defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} retry={reset} />,
    defaultNotFoundComponent: () => <EmptyState title="There is no such page" />,
  });
}
