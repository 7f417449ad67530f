/** A stand-in for the server's side of `fetch`, in tests only. */
import { vi } from "vitest";

export type Seen = { method: string; url: string; headers: Headers; body: unknown };
type Answer = { status?: number; etag?: string; body: unknown } | "unreachable";

/** Answers each `METHOD /path` (without the query) as told, and remembers what was asked. */
export function serve(answers: Readonly<Record<string, Answer | ((seen: Seen) => Answer)>>): Seen[] {
  const seen: Seen[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit = {}) => {
    const body = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
    const it = { method: init.method ?? "GET", url, headers: new Headers(init.headers), body };
    seen.push(it);
    const told = answers[`${it.method} ${url.split("?")[0]}`];
    const answer = typeof told === "function" ? told(it) : told;
    if (answer === undefined) return new Response("not found", { status: 404 });
    if (answer === "unreachable") throw new TypeError("fetch failed");
    const headers: Record<string, string> = answer.etag === undefined ? {} : { etag: answer.etag };
    return Response.json(answer.body, { status: answer.status ?? 200, headers });
  });
  return seen;
}

export function ok(result: unknown, more: object = {}) {
  return { body: { success: true, errors: [], messages: [], result, ...more } };
}

export function refused(status: number, errors: unknown[], etag?: string) {
  return {
    status,
    body: { success: false, errors, messages: [], result: {} },
    ...(etag === undefined ? {} : { etag }),
  };
}
