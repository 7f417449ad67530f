import { Navigate } from "@tanstack/react-router";
import { useSession } from "@/session/context";

/** `/` leads to the routes of a gateway that the token may see. */
export function Home() {
  const { gateways } = useSession();
  return <Navigate to="/g/$gateway/routes" params={{ gateway: gateways?.[0] ?? "default" }} replace />;
}
