import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { edgeId } from "@/graph/nodes";
import { sample as doc } from "@/test/documents";
import { anySeed, choices, isSeed, outcomes, upstreams } from "./assumptions";
import { headOf, requestOf } from "./call";
import { readKept, writeKept } from "./kept";
import { drawn, lit } from "./picture";
import { fresh, fromLog, isSample, keepable, ready, reformatted, type Sample } from "./sample";

const header = (key: string, value: string) => ({ key, value });
const route = { account: "a", gateway: "g", id: "r" };

describe("a sample", () => {
  it("of every format can be sent as it begins", () => {
    for (const format of ["chat", "responses", "messages", "embeddings"] as const) {
      expect("it" in ready(fresh(format))).toBe(true);
      expect(isSample(JSON.parse(JSON.stringify(fresh(format))))).toBe(true);
    }
  });

  it("what is wrong is told where it is", () => {
    const bad: Sample = {
      ...fresh(),
      body: "{",
      headers: [header("x-a", "1"), header("X-A", "2")],
      metadata: [{ key: "", value: "v", text: true }],
      at: "soon",
    };
    const looked = ready(bad);
    expect(Object.keys("wrong" in looked ? looked.wrong : {})).toEqual(["body", "metadata", "headers", "at"]);
    const list = ready({ ...fresh(), body: "[]" });
    expect("wrong" in list && list.wrong.body).toContain("object");
  });

  it("another format brings its own example, and leaves what was written", () => {
    expect(reformatted(fresh("chat"), "responses").body).toBe(fresh("responses").body);
    expect(reformatted({ ...fresh(), body: "{}" }, "messages").body).toBe("{}");
  });

  it("of a log has the headers that were read, and names what was withheld", () => {
    const decision = {
      inputs: [
        { field: "headers.x-tier", value: "gold" },
        { field: "headers.authorization", withheld: true },
        { field: "headers.x-none", absent: true },
      ],
    };
    const log = {
      request_type: "messages",
      metadata: { plan: "paid", n: 1 },
      created_at: "2027-01-01T00:00:00Z",
      pointsman: { decision, seed: "7" },
    };
    const { sample, missing } = fromLog(log, '{"a":1}');
    expect(sample.headers).toEqual([header("x-tier", "gold")]);
    expect(missing).toEqual(["headers.authorization"]);
    const looked = ready(sample);
    expect("it" in looked && looked.it.metadata).toEqual({ plan: "paid", n: 1 });
    expect([sample.format, sample.at]).toEqual(["messages", "2027-01-01T00:00:00Z"]);
  });
});

describe("what the browser keeps", () => {
  it("has no value of a header that is named like a credential", () => {
    const names = [
      "Authorization",
      "cookie",
      "x-api-key",
      "cf-aig-authorization",
      "x-session-token",
      "My-Secret",
    ];
    const kept = keepable({
      ...fresh(),
      headers: [...names.map((it) => header(it, "canary")), header("x-tier", "gold")],
    });
    expect(JSON.stringify(kept)).not.toContain("canary");
    expect(kept.headers.at(-1)).toEqual(header("x-tier", "gold"));
  });

  it("is read as it was written, and what is no sample is left out", () => {
    writeKept(route, [{ name: "one", sample: fresh("messages") }]);
    expect(readKept(route)).toEqual([{ name: "one", sample: fresh("messages") }]);
    expect(readKept({ ...route, id: "other" })).toEqual([]);
    localStorage.setItem("pointsman-samples:a/g/r", '[{"name":"x","sample":{"format":"chat"}}]');
    expect(readKept(route)).toEqual([]);
    localStorage.setItem("pointsman-samples:a/g/r", "{");
    expect(readKept(route)).toEqual([]);
  });
});

describe("assumptions", () => {
  it("an element has its outputs, a limit and a model theirs", () => {
    expect(choices(doc).map((it) => [it.element, it.options.map((one) => one.value)])).toEqual([
      ["plan", ["", "true", "false"]],
      ["big", ["", "fallback"]],
      ["small", ["", "fallback"]],
    ]);
    expect(upstreams(doc)).toEqual(["echo", "echo/echo"]);
  });

  it("of an element or output that is gone nothing is assumed any more", () => {
    expect(outcomes(doc, { plan: "true", big: "", gone: "x", small: "nowhere" })).toEqual({ plan: "true" });
  });

  it("a seed has 64 bits", () => {
    expect(isSeed(anySeed())).toBe(true);
    expect(["0", "18446744073709551615", "18446744073709551616", "-1", "1.5", ""].map(isSeed)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe("on the graph", () => {
  const path = [
    { element: "in", outcome: "next" },
    { element: "plan", outcome: "true" },
  ];
  const edges = [
    { element: "plan", output: "true", count: 694 },
    { element: "plan", output: "false", count: 0 },
    { element: "small", output: "success", count: 306 },
  ];

  it("the path is lit, and with draws everything that was drawn", () => {
    expect([...(lit(path, null)?.elements ?? [])]).toEqual(["in", "plan"]);
    expect(lit(path, { draws: 1000, edges })?.elements.has("small")).toBe(true);
    expect(lit([], null)).toBeUndefined();
  });

  it("draws are counted on the edges that had some", () => {
    const figures = drawn({ draws: 1000, edges });
    expect(figures?.get(edgeId("plan", "true"))).toMatchObject({
      label: "69.4%",
      title: "694 of 1,000 draws, 69.4%",
      weight: 0.694,
    });
    expect(figures?.has(edgeId("plan", "false"))).toBe(false);
    expect(drawn(null)).toBeUndefined();
  });
});

describe("a real call", () => {
  const wish = (part: object = {}) =>
    requestOf({
      account: "default",
      gateway: "eu",
      model: "dynamic/support",
      format: "chat" as const,
      request: {
        body: '{"messages": [], "model": "other", "stream": false, "user": 9007199254740993}',
        headers: { "x-tier": "gold" },
        metadata: { a: 1 },
      },
      token: "secret",
      stream: true,
      signal: new AbortController().signal,
      ...part,
    });

  it("goes to this server, with the token in its own header and without the session's cookie", () => {
    const { url, init } = wish();
    const headers = new Headers(init.headers);
    expect(url).toBe("/client/v4/accounts/default/ai/v1/chat/completions");
    expect(init.credentials).toBe("omit");
    expect(headers.get("cf-aig-authorization")).toBe("Bearer secret");
    expect([headers.get("cf-aig-gateway-id"), headers.get("cf-aig-metadata"), headers.get("x-tier")]).toEqual(
      ["eu", '{"a":1}', "gold"],
    );
    expect(headers.has("x-pointsman-ui")).toBe(false);
    expect(init.body).toBe(
      '{"messages": [],"user": 9007199254740993,"model":"dynamic/support","stream":true}',
    );
  });

  it("without a token none is sent, and embeddings are not streamed", () => {
    const { url, init } = wish({ token: "", format: "embeddings" });
    expect(new Headers(init.headers).has("cf-aig-authorization")).toBe(false);
    expect(url.endsWith("/embeddings")).toBe(true);
    expect(JSON.parse(String(init.body)).stream).toBe(false);
  });

  it("the head of the answer tells the path and the log", () => {
    const headers = new Headers({
      "pointsman-path": "in,pl%20an,big",
      "cf-aig-log-id": "l",
      "content-type": "text/event-stream",
    });
    expect(headOf(200, headers)).toMatchObject({ path: ["in", "pl an", "big"], log: "l" });
    fc.assert(
      fc.property(fc.stringMatching(/^[!-~]*$/), (it) => {
        expect(Array.isArray(headOf(200, new Headers({ "pointsman-path": it })).path)).toBe(true);
      }),
    );
  });
});
