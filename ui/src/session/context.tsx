import { createContext, type ReactNode, useContext } from "react";
import { may, type Right, type Session } from "./session";

const Context = createContext<Session | undefined>(undefined);

export const SessionProvider = Context.Provider;

export function useSession(): Session {
  const session = useContext(Context);
  if (session === undefined) throw new Error("useSession stands outside of the shell");
  return session;
}

export function useMay(right: Right): boolean {
  return may(useSession(), right);
}

/** Shows its children to those who may: a read token sees no button that fails. */
export function Allowed({ to, children }: { to: Right; children: ReactNode }) {
  return useMay(to) ? children : null;
}
