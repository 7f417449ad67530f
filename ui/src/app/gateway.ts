import { useParams } from "@tanstack/react-router";

/** The gateway of the address. */
export function useGateway(): string {
  // Pages find themselves (`pages.ts`), so the router's types know no parameters; what comes is still checked.
  const params: { gateway?: unknown } = useParams({ strict: false });
  return typeof params.gateway === "string" ? params.gateway : "default";
}
