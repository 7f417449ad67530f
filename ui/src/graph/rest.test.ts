import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyDoc, sample } from "@/test/documents";
import { copy, duplicate, paste, read } from "./clipboard";
import { type Doc, keyed, outputs } from "./document";
import { begin, DEPTH, type History, reduce } from "./history";
import { sameJson } from "./json";
import { GRID, layout, missing } from "./layout";
import { edgeId } from "./nodes";
import { ofProperty, place, worst } from "./problems";

describe("copying", () => {
  it("copies lead to copies, to what is there, and not to what is not", () => {
    const part = read(copy(sample, new Set(["plan", "big"])));
    const { doc, ids } = paste(sample, part ?? []);
    expect(ids).toEqual(["plan-2", "big-2"]);
    expect(doc[5]?.outputs).toEqual({
      true: { elementId: "big-2", note: "kept" },
      false: { elementId: "small" },
    });
    expect(doc[5]?.position).toEqual({ x: 288, y: 32 });
    expect(doc[5]?.color).toBe("teal");
    expect(paste([], part ?? []).doc[1]?.outputs).toEqual({});
  });

  it("pasting into an empty route gives the same graph", () => {
    const { doc } = paste([], sample, 0);
    expect(doc).toEqual(sample);
  });

  it("a second start is left out", () => {
    expect(duplicate(sample, new Set(["in", "out"])).ids).toEqual(["out-2"]);
    expect(duplicate(sample, new Set(["in"])).doc).toBe(sample);
  });

  it("pasted ids are free, and what was there stays as it was", () => {
    fc.assert(
      fc.property(anyDoc, anyDoc, (doc, part) => {
        const { doc: after, ids } = paste(doc, part);
        expect(after.slice(0, doc.length)).toEqual(doc);
        const before = new Set(doc.map((it) => it.id));
        expect(ids.some((it) => before.has(it))).toBe(false);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  it("foreign text is no part of a graph", () => {
    for (const text of ["hello", "{}", "[1]", '[{"id":1,"type":"end"}]', '{"kind":"pointsman/elements"}'])
      expect(read(text)).toBeUndefined();
    expect(read('[{"id":"a","type":"end"}]')).toEqual([{ id: "a", type: "end" }]);
  });
});

describe("history", () => {
  const doc = (n: number) => [{ id: `e${n}`, type: "end" }];
  const change = (state: History, n: number, mark?: string) =>
    reduce(state, { type: "change", doc: doc(n), label: `to ${n}`, ...(mark === undefined ? {} : { mark }) });

  it("every undo is the state before, every redo the state after", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 30 }), (steps) => {
        let state = begin(doc(-1));
        const states = [state.present];
        for (const n of steps) {
          state = change(state, n);
          states.push(state.present);
        }
        for (const it of [...states].reverse()) {
          expect(state.present).toBe(it);
          state = reduce(state, { type: "undo" });
        }
        for (const it of states) {
          expect(state.present).toBe(it);
          state = reduce(state, { type: "redo" });
        }
      }),
    );
  });

  it("changes with one mark are one step until they are settled", () => {
    let state = change(change(change(begin(doc(0)), 1, "type"), 2, "type"), 3, "type");
    expect(state.past).toHaveLength(1);
    state = change(reduce(state, { type: "settle" }), 4, "type");
    expect(reduce(state, { type: "undo" }).present).toEqual(doc(3));
    expect(reduce(reduce(state, { type: "undo" }), { type: "undo" }).present).toEqual(doc(0));
  });

  it("a change after an undo forgets what was undone, even with the same mark", () => {
    let state = change(change(begin(doc(0)), 1), 2, "m");
    state = change(reduce(state, { type: "undo" }), 3, "m");
    expect(state.future).toHaveLength(0);
    expect(reduce(state, { type: "redo" })).toBe(state);
    expect(reduce(state, { type: "undo" }).present).toEqual(doc(1));
  });

  it("nothing changed is no step, loading begins anew, and no more than the depth is kept", () => {
    const state = begin(doc(0));
    expect(reduce(state, { type: "change", doc: state.present, label: "none" })).toBe(state);
    expect(reduce(change(state, 1), { type: "load", doc: doc(9) })).toEqual(begin(doc(9)));
    let long = state;
    for (let n = 0; n < DEPTH + 10; n += 1) long = change(long, n);
    expect(long.past).toHaveLength(DEPTH);
  });
});

describe("layout", () => {
  it("any document gets a place on the grid for every element, always the same", () => {
    fc.assert(
      fc.property(anyDoc, (doc) => {
        const places = layout(doc);
        expect([...places.keys()]).toEqual(keyed(doc).map(([key]) => key));
        for (const { x, y } of places.values())
          expect([Math.abs(x % GRID), Math.abs(y % GRID)]).toEqual([0, 0]);
        expect([...layout(doc)]).toEqual([...places]);
      }),
      { numRuns: 25 },
    );
  });

  it("without loops, outputs lead to the right, and nothing covers anything", () => {
    const places = layout(sample);
    for (const element of sample) {
      for (const [, to] of outputs(element)) {
        expect(places.get(to ?? "")?.x ?? 0).toBeGreaterThan(places.get(element.id)?.x ?? 0);
      }
    }
    expect(new Set([...places.values()].map((it) => `${it.x},${it.y}`)).size).toBe(sample.length);
  });

  it("a long chain, of which every element also leads to the end, is laid out from left to right, each to itself", () => {
    const chain: Doc = Array.from({ length: 199 }, (_, n) => ({
      id: `c${n}`,
      type: "conditional",
      outputs: { true: { elementId: `c${n + 1}` }, false: { elementId: "out" } },
    }));
    const doc: Doc = [...chain.slice(0, -1), { id: "c198", type: "end" }, { id: "out", type: "end" }];
    const places = layout(doc);
    const xs = doc.slice(0, -1).map((it) => places.get(it.id)?.x ?? 0);
    expect([...xs].sort((a, b) => a - b)).toEqual(xs);
    expect(new Set(xs).size).toBe(199);
  });

  it("only what has no place is placed, below what has", () => {
    const places = missing(sample);
    expect(places.has("plan")).toBe(false);
    expect([...places.values()].every((it) => it.y > 0)).toBe(true);
    expect(missing([{ id: "a", type: "end", position: { x: 1, y: 1 } }]).size).toBe(0);
  });
});

describe("problems", () => {
  const entry = (path: (string | number)[], code: string, element: string | null, severity = "error") => ({
    code: 7001,
    message: code,
    path: ["body", "elements", ...path],
    problem: { code, element, severity },
  });

  it("each is put on its element, its output and its property", () => {
    const found = place(sample, [
      entry([2, "outputs", "fallback"], "no_fallback", "big", "warning"),
      entry([1, "outputs", "true", "elementId"], "dangling_output", "plan"),
      entry([2, "properties", "provider"], "unknown_provider", "big"),
      entry([], "no_start", null),
      { code: 7001, message: "not of the graph", path: ["body", "name"] },
    ]);
    expect(found.all.map((it) => it.code)).toEqual([
      "dangling_output",
      "unknown_provider",
      "no_start",
      "no_fallback",
    ]);
    expect(found.byEdge.get(edgeId("plan", "true"))?.[0]?.code).toBe("dangling_output");
    expect(worst(found.byElement.get("big"))).toBe("error");
    expect(worst(found.byElement.get("out"))).toBeUndefined();
    expect(ofProperty(found.byElement.get("big"), "provider").map((it) => it.code)).toEqual([
      "unknown_provider",
    ]);
    expect(found.general.map((it) => it.code)).toEqual(["no_start"]);
  });

  it("the second of two equal ids has its own problems", () => {
    const twins = [
      { id: "x", type: "end" },
      { id: "x", type: "end" },
    ];
    expect([...place(twins, [entry([1, "id"], "duplicate_id", "x")]).byElement.keys()]).toEqual(["x\u00002"]);
  });
});

it("equality of JSON is of meaning", () => {
  expect(sameJson({ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 })).toBe(true);
  expect(sameJson({ a: null }, {})).toBe(false);
  expect(sameJson([1, 2], [2, 1])).toBe(false);
});
