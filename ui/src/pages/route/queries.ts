import { queryOptions } from "@tanstack/react-query";
import { call } from "@/api/client";
import { asProblem } from "@/api/problem";
import { type Doc, isDoc } from "@/graph/document";
import { place } from "@/graph/problems";
import type { Read } from "./draft/state";

export const BASE = "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}" as const;

/** Names one route, as its paths do. */
export type At = { readonly account: string; readonly gateway: string; readonly id: string };

export function pathOf(at: At) {
  return { account_id: at.account, gateway_id: at.gateway, id: at.id };
}

export function routeKey(at: At) {
  return ["route", at.account, at.gateway, at.id] as const;
}

/** The route as it is deployed, with its ETag. */
export function route(at: At) {
  return queryOptions({
    queryKey: routeKey(at),
    queryFn: async ({ signal }) => {
      const { result, etag } = await call("get", `${BASE}/routes/{id}`, { path: pathOf(at), signal });
      return { ...result, etag };
    },
  });
}

/** The draft; `undefined` while there is none. */
export async function readDraft(at: At, signal?: AbortSignal): Promise<Read | undefined> {
  try {
    const path = pathOf(at);
    const reply = await call("get", `${BASE}/routes/{id}/draft`, { path, ...(signal ? { signal } : {}) });
    const doc = documentOf(reply.result.elements);
    const problems = place(doc, reply.messages);
    return { doc, etag: reply.etag, problems, by: reply.result.modified_by };
  } catch (thrown) {
    // The route's own 404 says the same; whoever asks has read the route.
    if (asProblem(thrown).status === 404) return undefined;
    throw thrown;
  }
}

/** `elements` as the document that is edited: the same JSON, members that the API's types do not name included. */
export function documentOf(elements: unknown): Doc {
  if (!isDoc(elements)) throw new Error("The server's elements are not a graph that can be shown.");
  return elements;
}
