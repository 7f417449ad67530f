import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyDoc, sample } from "@/test/documents";
import { diff } from "./diff";
import type { Doc } from "./document";
import { connect, disconnect, move, remove, rename, renameOutput, setProperty } from "./edit";
import type { Json } from "./json";
import { edgeId } from "./nodes";
import { moves } from "./splits";
import { conditionWords, elementWords, secondsWords } from "./words";

const texts = (before: Doc, after: Doc) => diff(before, after).changes.map((it) => it.text);
const lead = (elementId: string) => ({ elementId });

const split: Doc = [
  { id: "in", type: "start", outputs: { next: lead("ab") } },
  { id: "ab", type: "percentage", outputs: { "90%": lead("a"), "10%": lead("b") } },
  {
    id: "a",
    type: "model",
    properties: { provider: "openai", model: "gpt-5" },
    outputs: { success: lead("out") },
  },
  {
    id: "b",
    type: "model",
    properties: { provider: "echo", model: "echo" },
    outputs: { success: lead("out") },
  },
  { id: "out", type: "end" },
];
const limit: Doc = [
  {
    id: "cap",
    type: "rate",
    properties: { limitType: "count", limit: 100, window: 60, key: "" },
    outputs: { success: lead("out") },
  },
  { id: "out", type: "end" },
];

describe("differences in words", () => {
  it("a document does not differ from itself", () => {
    fc.assert(
      fc.property(anyDoc, (doc) => {
        const it = diff(doc, doc);
        expect([it.changes, it.elements.size, it.edges.size]).toEqual([[], 0, 0]);
        expect(it.both).toEqual(doc);
      }),
    );
  });

  it("every element that differs in more than its place has a sentence", () => {
    fc.assert(
      fc.property(anyDoc, anyDoc, (before, after) => {
        const it = diff(before, after);
        const told = new Set(it.changes.map((x) => x.element));
        for (const key of it.elements.keys()) expect(told.has(key), key).toBe(true);
      }),
    );
  });

  it("traffic moves between models", () => {
    const after = renameOutput(renameOutput(split, "ab", "90%", "80%"), "ab", "10%", "20%");
    expect(texts(split, after)).toEqual([
      "10% of all requests move from `a` (gpt-5 of openai) to `b` (echo of echo).",
    ]);
    const half = renameOutput(renameOutput(split, "ab", "90%", "89%"), "ab", "10%", "11%");
    expect(texts(split, half)[0]).toMatch(/^1% of all requests moves from/);
  });

  it("shares that go elsewhere are matched, and their sum is kept", () => {
    const m = (it: Record<string, number>) => new Map(Object.entries(it));
    expect(moves(m({ a: 6000, b: 4000 }), m({ a: 5000, c: 2500, d: 2500 }))).toEqual([
      { from: "a", to: "c", hundredths: 1000 },
      { from: "b", to: "c", hundredths: 1500 },
      { from: "b", to: "d", hundredths: 2500 },
    ]);
  });

  it("labels alone move no traffic, but sticky choices", () => {
    expect(texts(split, renameOutput(split, "ab", "10%", "10%:new"))).toEqual([
      "`ab` names its shares otherwise: 90% → a, 10%:new → b instead of 90% → a, 10% → b. Sticky choices may move.",
    ]);
  });

  it("outputs, limits, conditions and models are said in their own words", () => {
    const set = (doc: Doc, key: string, name: string, value: Json) =>
      texts(doc, setProperty(doc, key, name, value));
    expect(set(split, "a", "model", "gpt-5-mini")).toEqual([
      "`a` calls gpt-5-mini of openai instead of gpt-5 of openai.",
    ]);
    expect(set(split, "a", "timeout", 5000)).toEqual([
      "`a` waits 5000 ms for an answer instead of the gateway's default.",
    ]);
    expect(set(limit, "cap", "limit", 1)).toEqual([
      "`cap` admits 1 request in 1 minute instead of 100 requests in 1 minute.",
    ]);
    expect(set(limit, "cap", "key", "metadata.user")).toEqual([
      "`cap` counts each `metadata.user` instead of all requests together.",
    ]);
    expect(set(limit, "cap", "later", [1])).toEqual(["`cap`: `later` is [1] instead of absent."]);
    expect(set(sample, "plan", "conditions", { "metadata.plan": "free" })).toEqual([
      '`plan` asks whether metadata.plan is "free"; before, whether metadata.plan is "paid".',
    ]);
    expect(texts(limit, connect(limit, "cap", "fallback", "out"))).toEqual([
      "Requests over the limit of `cap` go to `out`; before, they were answered with status 429.",
    ]);
    expect(texts(sample, disconnect(sample, "big", "fallback"))).toEqual([
      "Requests that fail at `big` end with the error instead of going to `small` (echo of echo).",
    ]);
  });

  it("added, removed and renamed elements are told as that", () => {
    expect(texts(sample, remove(sample, new Set(["big"])))).toEqual([
      "Requests for which `plan` holds have nowhere to go instead of going to `big` (echo of echo).",
      "`big` is removed: a model, echo of echo.",
    ]);
    expect(texts(limit, rename(limit, "cap", "budget"))).toEqual([
      "`cap` is called `budget` now: its limit starts with empty buckets.",
    ]);
  });

  it("what is only drawn otherwise is a note", () => {
    const it = diff(sample, move(sample, new Map([["plan", { x: 512, y: 0 }]])));
    expect(it.changes).toEqual([
      { kind: "note", element: "plan", text: "One element has another place on the canvas." },
    ]);
    expect(it.elements.size).toBe(0);
  });

  it("what was removed is still in the graph to be drawn, and marked", () => {
    const it = diff(split, remove(renameOutput(split, "ab", "10%", "5%"), new Set(["a"])));
    expect(it.both.map((x) => x.id)).toEqual(["in", "ab", "b", "out", "a"]);
    expect(it.elements).toEqual(
      new Map([
        ["ab", "changed"],
        ["a", "removed"],
      ]),
    );
    expect(it.edges.get(edgeId("ab", "10%"))).toBe("removed");
    expect(it.edges.get(edgeId("ab", "5%"))).toBe("added");
  });
});

describe("words", () => {
  it("conditions are written with brackets only where they are needed", () => {
    expect(conditionWords({ "metadata.plan": "paid" })).toBe('metadata.plan is "paid"');
    expect(
      conditionWords({
        "body.n": { $gte: 1, $lt: 5 },
        $or: [{ "headers.a": { $exists: false } }, { "request.stream": true }],
      }),
    ).toBe("body.n ≥ 1 and body.n < 5 and (headers.a is missing or request.stream is true)");
    expect(conditionWords({ $nor: [{ a: { $in: ["x", 2] } }] })).toBe('not (a is one of ["x", 2])');
    expect(conditionWords({ a: { $not: { $regex: "^x" } } })).toBe('not (a matches "^x")');
  });

  it("seconds are said in the largest whole unit", () => {
    expect([1, 60, 5400, 86_400, 7, 0].map(secondsWords)).toEqual([
      "1 second",
      "1 minute",
      "90 minutes",
      "1 day",
      "7 seconds",
      "0 seconds",
    ]);
  });

  it("limits say dollars, windows and keys, under either name", () => {
    const properties = { limitType: "cost", limit: 5, interval: 86_400, key: "metadata.team" };
    expect(elementWords({ id: "x", type: "rate_limit", properties })).toBe(
      "$5 in 1 day for each metadata.team",
    );
  });
});
