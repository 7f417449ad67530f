/** Who is logged in, and what they may do. The token itself is in an httpOnly cookie that no script can read. */
import { queryOptions } from "@tanstack/react-query";
import { SESSION } from "@/api/queries";
import { send } from "@/api/send";

/** `result` of `GET /session` and `POST /session` (README.md, "The contract with the server"). */
export type Session = {
  readonly account_id: string;
  readonly token: { readonly id: string; readonly name: string };
  readonly permissions: readonly string[];
  /** `null`: all. */
  readonly gateways: readonly string[] | null;
  readonly routes: readonly string[] | null;
  readonly expires_on: string;
};

export type Right = "read" | "write" | "admin";

/** What the API would allow. The server decides; this only spares buttons that would fail. */
export function may(session: Session, right: Right): boolean {
  const has = (name: string) => session.permissions.includes(`AI Gateway ${name}`);
  // Write is everything here, reading included; a token for calling routes manages nothing.
  if (session.routes !== null) return false;
  if (right === "read") return has("Read") || has("Write");
  return has("Write") && (right === "write" || session.gateways === null);
}

export const sessionQuery = queryOptions({
  queryKey: SESSION,
  queryFn: async ({ signal }) => read(await send({ method: "GET", url: "/session", signal })),
  staleTime: 5 * 60_000,
  refetchOnWindowFocus: isThere,
  refetchOnReconnect: isThere,
});

/** Without a session there is the login, whose form would begin anew; one comes back from another window to paste a token. */
function isThere(query: { state: { data?: unknown } }): boolean {
  return query.state.data !== undefined;
}

export async function login(token: string): Promise<Session> {
  return read(await send({ method: "POST", url: "/session", body: { token } }));
}

export async function logout(): Promise<void> {
  await send({ method: "DELETE", url: "/session" });
}

function read(reply: { body: Record<string, unknown> }): Session {
  return reply.body.result as Session;
}
