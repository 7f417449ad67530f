import { afterEach, describe, expect, it, vi } from "vitest";
import { ok, refused, serve } from "@/test/server";
import { call, url } from "./client";
import { isOnline } from "./online";
import { asProblem, Problem } from "./problem";
import { again } from "./queries";

afterEach(() => vi.unstubAllGlobals());

const A = "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}" as const;
const here = { account_id: "default", gateway_id: "g", id: "r" };
const at = "/client/v4/accounts/default/ai-gateway/gateways/g";

async function failure(promise: Promise<unknown>): Promise<Problem> {
  return promise.then(
    () => Promise.reject(new Error("it succeeded")),
    (thrown) => asProblem(thrown),
  );
}

describe("call", () => {
  it("unwraps result, data and route", async () => {
    serve({
      [`GET ${at}/routes/r`]: { ...ok({ id: "r" }), etag: '"1"' },
      [`GET ${at}/routes`]: { body: { success: true, errors: [], messages: [], data: { routes: [] } } },
      [`PATCH ${at}/routes/r`]: { body: { success: true, errors: [], messages: [], route: { id: "p" } } },
    });
    const one = await call("get", `${A}/routes/{id}`, { path: here });
    expect([one.result.id, one.etag]).toEqual(["r", '"1"']);
    expect((await call("get", `${A}/routes`, { path: here })).result.routes).toEqual([]);
    const patched = await call("patch", `${A}/routes/{id}`, { path: here, body: { name: "n" } });
    expect(patched.result).toEqual({ id: "p" });
  });

  it("reads the ETag when it sends, and proves itself only where something changes", async () => {
    const seen = serve({ [`PUT ${at}/routes/r/draft`]: ok({}), [`GET ${at}/routes/r`]: ok({}) });
    let etag = '"old"';
    const options = { path: here, body: { elements: [] }, ifMatch: () => etag };
    etag = '"new"';
    await call("put", `${A}/routes/{id}/draft`, options);
    await call("get", `${A}/routes/{id}`, { path: here });
    expect(seen[0]?.headers.get("if-match")).toBe('"new"');
    expect(seen.map((it) => it.headers.get("x-pointsman-ui"))).toEqual(["1", null]);
  });

  it("what must be the first says so when there is no ETag, and only then", async () => {
    const seen = serve({ [`PUT ${at}/routes/r/draft`]: ok({}) });
    for (const etag of [undefined, '"1"']) {
      const options = { path: here, body: { elements: [] }, ifMatch: () => etag, first: true };
      await call("put", `${A}/routes/{id}/draft`, options);
    }
    const sent = (name: string) => seen.map((it) => it.headers.get(name));
    expect([sent("if-none-match"), sent("if-match")]).toEqual([
      ["*", null],
      [null, '"1"'],
    ]);
  });

  it("a refusal keeps every sentence and where it belongs", async () => {
    const entry = (pointer: string, message: string) => ({ code: 7001, message, source: { pointer } });
    serve({
      [`POST ${at}/routes`]: refused(400, [
        entry("/name", "too long"),
        entry("/elements/0/id", "empty"),
        entry("/names", "unknown"),
      ]),
    });
    const problem = await failure(
      call("post", `${A}/routes`, { path: here, body: { name: "n", elements: [] } }),
    );
    expect([problem.kind, problem.status, problem.code]).toEqual(["refused", 400, 7001]);
    expect(problem.at("/name")).toEqual(["too long"]);
    expect(problem.at("/elements")).toEqual(["empty"]);
    expect(problem.besides(["/name", "/elements"])).toEqual(["unknown"]);
  });

  it("a stale write tells the current ETag", async () => {
    serve({ [`DELETE ${at}/routes/r`]: refused(412, [{ code: 1, message: "stale" }], '"2"') });
    const problem = await failure(call("delete", `${A}/routes/{id}`, { path: here }));
    expect([problem.stale, problem.etag]).toEqual([true, '"2"']);
  });

  it("what is not the API's answer is not taken for one", async () => {
    serve({});
    const problem = await failure(call("get", `${A}/routes/{id}`, { path: here }));
    expect([problem.kind, problem.status]).toEqual(["unreadable", 404]);
  });

  it("knows that the server cannot be reached until it answers again", async () => {
    let up = false;
    serve({ [`GET ${at}/routes/r`]: () => (up ? ok({}) : "unreachable") });
    expect((await failure(call("get", `${A}/routes/{id}`, { path: here }))).kind).toBe("network");
    expect(isOnline()).toBe(false);
    up = true;
    await call("get", `${A}/routes/{id}`, { path: here });
    expect(isOnline()).toBe(true);
  });

  it("an abort is thrown as it is, and says nothing of the network", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new DOMException("aborted", "AbortError")));
    const signal = AbortSignal.abort();
    const thrown = await call("get", `${A}/routes/{id}`, { path: here, signal }).catch((it: unknown) => it);
    expect(thrown).not.toBeInstanceOf(Problem);
    expect(isOnline()).toBe(true);
  });
});

it("names in a path are encoded, and absent parameters are not sent", () => {
  expect(url("/a/{x}/b", { x: "../c d" }, { page: 2, search: "", model: undefined })).toBe(
    "/a/..%2Fc%20d/b?page=2",
  );
});

it("only what may pass by itself is tried again", () => {
  const problem = (status: number) => new Problem("refused", status, "");
  expect([400, 401, 403, 404, 412, 429, 503].map((it) => again(0, problem(it)))).toEqual([
    false,
    false,
    false,
    false,
    false,
    true,
    true,
  ]);
  expect(again(2, problem(503))).toBe(false);
});
