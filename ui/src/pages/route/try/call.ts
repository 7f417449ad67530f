/** A real call of a route, with a token that was typed. The session is no part of it: it is never sent, and would not be accepted. */
import { heard } from "@/api/online";
import { withMembers, written } from "@/graph/exact";
import type { Format, Ready } from "./sample";

export type Wish = {
  readonly account: string;
  readonly gateway: string;
  /** `dynamic/support`, `dynamic/support@latest`. */
  readonly model: string;
  readonly format: Format;
  readonly request: Ready;
  readonly token: string;
  readonly stream: boolean;
  readonly signal: AbortSignal;
};

/** The head of the answer. */
export type Head = {
  readonly status: number;
  readonly type: string;
  readonly log: string | undefined;
  /** Ids of the elements walked. */
  readonly path: readonly string[];
  readonly provider: string | undefined;
  readonly model: string | undefined;
};

const PATHS: Readonly<Record<Format, string>> = {
  chat: "chat/completions",
  responses: "responses",
  messages: "messages",
  embeddings: "embeddings",
};

/** What is sent where; apart from `fetch`, so that a test can look at it. */
export function requestOf(wish: Wish): { readonly url: string; readonly init: RequestInit } {
  const { request } = wish;
  const headers = new Headers({ "content-type": "application/json" });
  for (const [name, value] of Object.entries(request.headers)) headers.set(name, value);
  if (request.metadata !== null) headers.set("cf-aig-metadata", written(request.metadata));
  headers.set("cf-aig-gateway-id", wish.gateway);
  if (wish.token !== "") headers.set("cf-aig-authorization", `Bearer ${wish.token}`);
  const stream = wish.format === "embeddings" ? {} : { stream: wish.stream };
  return {
    url: `/client/v4/accounts/${encodeURIComponent(wish.account)}/ai/v1/${PATHS[wish.format]}`,
    init: {
      method: "POST",
      headers,
      body: withMembers(request.body, { model: wish.model, ...stream }),
      // The cookie stays here: a call is the token's.
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      signal: wish.signal,
    },
  };
}

export async function callRoute(
  wish: Wish,
  onHead: (head: Head) => void,
  onText: (text: string) => void,
): Promise<void> {
  const { url, init } = requestOf(wish);
  const reply = await fetch(url, init).catch((thrown: unknown) => {
    if (wish.signal.aborted) throw thrown;
    // A header that cannot be sent is not the network's fault.
    if (navigator.onLine)
      throw new Error("No answer came: the server cannot be reached, or a header cannot be sent.");
    heard(false);
    throw new Error("The server cannot be reached. Check the connection and try again.");
  });
  heard(true);
  onHead(headOf(reply.status, reply.headers));
  const reader = reply.body?.getReader();
  if (reader === undefined) return;
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    text += decoder.decode(value, { stream: !done });
    onText(text);
    if (done) return;
  }
}

export function headOf(status: number, headers: Headers): Head {
  const path = headers.get("pointsman-path");
  return {
    status,
    type: headers.get("content-type") ?? "",
    log: headers.get("cf-aig-log-id") ?? undefined,
    path: path === null || path === "" ? [] : path.split(",").map(decoded),
    provider: headers.get("cf-aig-provider") ?? undefined,
    model: headers.get("cf-aig-model") ?? undefined,
  };
}

function decoded(it: string): string {
  try {
    return decodeURIComponent(it.trim());
  } catch {
    return it.trim();
  }
}
