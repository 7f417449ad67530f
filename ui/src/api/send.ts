/** One request and its envelope, whatever its path. `client.ts` gives it types. */
import { parseExact, written } from "@/graph/exact";
import { heard } from "./online";
import { type Entry, Problem } from "./problem";

export type Sent = {
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
  /** Read when the request is sent, not when it was asked for: a save that waited carries the ETag of the save before it. */
  readonly ifMatch?: (() => string | undefined) | undefined;
  /** Without an ETag: only when there is nothing there yet. */
  readonly first?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Whether integers beyond 2^53 come as `Raw`, to the digit. */
  readonly exact?: boolean | undefined;
};

export type Raw = { readonly body: Record<string, unknown>; readonly etag: string | undefined };

/** Proof that a page of ours sent it: no form and no link of another site can set a header. */
export const PROOF = "x-pointsman-ui";

export async function send(sent: Sent): Promise<Raw> {
  const reply = await reach(sent);
  const etag = reply.headers.get("etag") ?? undefined;
  const body = await read(reply, sent.exact === true);
  if (reply.ok && body?.success === true) return { body, etag };
  const entries = Array.isArray(body?.errors) ? (body.errors as Entry[]) : [];
  if (body === undefined || (reply.ok && entries.length === 0)) {
    const message = `The server's answer could not be read (status ${reply.status}).`;
    throw new Problem("unreadable", reply.status, message);
  }
  const message = entries[0]?.message ?? `The server refused (status ${reply.status}).`;
  throw new Problem("refused", reply.status, message, entries, etag);
}

async function reach(sent: Sent): Promise<Response> {
  const headers = new Headers({ accept: "application/json" });
  if (sent.method !== "GET") headers.set(PROOF, "1");
  if (sent.body !== undefined) headers.set("content-type", "application/json");
  const etag = sent.ifMatch?.();
  if (etag !== undefined) headers.set("if-match", etag);
  else if (sent.first === true) headers.set("if-none-match", "*");
  try {
    const reply = await fetch(sent.url, {
      method: sent.method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      ...(sent.body === undefined ? {} : { body: written(sent.body) }),
      ...(sent.signal === undefined ? {} : { signal: sent.signal }),
    });
    heard(true);
    return reply;
  } catch (thrown) {
    // An abort is the caller's own wish, and says nothing of the network.
    if (sent.signal?.aborted === true) throw thrown;
    heard(false);
    throw new Problem("network", 0, "The server cannot be reached. Check the connection and try again.");
  }
}

async function read(reply: Response, exact: boolean): Promise<Record<string, unknown> | undefined> {
  try {
    const body: unknown = exact ? parseExact(await reply.text()) : await reply.json();
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
