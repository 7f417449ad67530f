import { createContext, useContext } from "react";
import type { components } from "@/api/schema";
import type { At } from "./queries";

type Route = components["schemas"]["RouteFull"] & { readonly etag: string | undefined };
type Here = { readonly at: At; readonly route: Route };

const Context = createContext<Here | undefined>(undefined);

export const RouteProvider = Context.Provider;

/** The route of the page, as it is deployed, and what names it in paths. */
export function useRoute(): Here {
  const here = useContext(Context);
  if (here === undefined) throw new Error("useRoute stands outside of a route's page");
  return here;
}
