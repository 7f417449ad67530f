import { queryOptions } from "@tanstack/react-query";
import { call } from "@/api/client";
import { heard } from "@/api/online";
import { Problem } from "@/api/problem";
import type { components } from "@/api/schema";
import type { Raw } from "@/graph/exact";

/** A request whose metadata is an object, which may be empty. */
export type Whole<T> = Omit<T, "metadata"> & { readonly metadata: Readonly<Record<string, unknown>> };
export type Detail = Whole<components["schemas"]["LogDetailView"]>;
export type Change = Pick<components["schemas"]["ChangeLog"], "feedback" | "score"> & {
  metadata?: Record<string, string | number | boolean | Raw> | null;
};

const BASE = "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}" as const;

export function log(account: string, gateway: string, id: string) {
  return queryOptions({
    queryKey: ["log", account, gateway, id],
    queryFn: async ({ signal }) => {
      const path = { account_id: account, gateway_id: gateway, id };
      return whole((await call("get", `${BASE}/logs/{id}`, { path, signal, exact: true })).result);
    },
  });
}

/** A request without metadata has `null`: to whoever shows it, that is as good as none. */
export function whole<T extends { metadata?: Record<string, unknown> | null }>(log: T): Whole<T> {
  return { ...log, metadata: log.metadata ?? {} };
}

export type Side = "request" | "response";
export type Body = { readonly text: string; readonly type: string; readonly complete: boolean };

/** A whole body, as it was sent. It has no envelope, so it is not read as the API's other answers are. */
export function body(account: string, gateway: string, id: string, side: Side) {
  return queryOptions({
    queryKey: ["log", account, gateway, id, side],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }): Promise<Body> => {
      const names = [account, gateway, id].map(encodeURIComponent);
      const url = `/client/v4/accounts/${names[0]}/ai-gateway/gateways/${names[1]}/logs/${names[2]}/${side}`;
      let reply: Response;
      try {
        reply = await fetch(url, { credentials: "same-origin", cache: "no-store", signal });
        heard(true);
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        heard(false);
        throw new Problem("network", 0, "The server cannot be reached. Check the connection and try again.");
      }
      if (!reply.ok) {
        throw new Problem("refused", reply.status, `The ${side} could not be read (status ${reply.status}).`);
      }
      return {
        text: await reply.text(),
        type: reply.headers.get("content-type") ?? "",
        complete: reply.headers.get("pointsman-complete") !== "false",
      };
    },
  });
}

/** The graph that this request walked. */
export function version(account: string, gateway: string, route: string, id: string) {
  return queryOptions({
    queryKey: ["version", account, gateway, route, id],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const path = { account_id: account, gateway_id: gateway, id: route, version_id: id };
      return (await call("get", `${BASE}/routes/{id}/versions/{version_id}`, { path, signal })).result;
    },
  });
}

export async function change(account: string, gateway: string, id: string, said: Change) {
  const path = { account_id: account, gateway_id: gateway, id };
  // The document types free members as none at all.
  const sent: unknown = said;
  const body = sent as components["schemas"]["ChangeLog"];
  return whole((await call("patch", `${BASE}/logs/{id}`, { path, body, exact: true })).result);
}
