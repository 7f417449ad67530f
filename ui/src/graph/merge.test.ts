import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyDoc, sample } from "@/test/documents";
import { type Doc, find } from "./document";
import { add, connect, move, remove, setProperty } from "./edit";
import { merge } from "./merge";

const sorted = (doc: Doc) => [...doc].map((it) => JSON.stringify(it)).sort();

describe("merging", () => {
  it("what only one side changed is taken, whatever the document", () => {
    fc.assert(
      fc.property(anyDoc, anyDoc, (base, other) => {
        for (const it of [merge(base, other, base), merge(base, base, other), merge(base, other, other)]) {
          expect(it.conflicts).toEqual([]);
          expect(sorted(it.doc())).toEqual(sorted(other));
        }
      }),
    );
  });

  it("changes of different elements and of different properties go together", () => {
    const mine = setProperty(setProperty(sample, "big", "retries", 2), "plan", "x", 1);
    const theirs = setProperty(add(sample, "end", { x: 0, y: 0 }).doc, "big", "timeout", 500);
    const it = merge(sample, mine, theirs);
    expect(it.conflicts).toEqual([]);
    expect(it.taken).toEqual({ mine: ["plan", "big"], theirs: ["big", "end"] });
    const big = find(it.doc(), "big");
    expect(big?.properties).toEqual({ provider: "echo", model: "echo", retries: 2, timeout: 500 });
    expect(it.doc().map((x) => x.id)).toEqual([...sample.map((x) => x.id), "end"]);
  });

  it("one property changed twice is a conflict, and either side can be chosen with the rest kept", () => {
    const mine = setProperty(setProperty(sample, "big", "retries", 2), "big", "timeout", 500);
    const theirs = setProperty(sample, "big", "retries", 3);
    const it = merge(sample, mine, theirs);
    expect(it.conflicts.map(({ key, parts }) => [key, parts])).toEqual([["big", ["properties.retries"]]]);
    const chosen = find(it.doc(new Map([["big", "theirs"]])), "big");
    expect(chosen?.properties).toEqual({ provider: "echo", model: "echo", retries: 3, timeout: 500 });
  });

  it("a model and its provider are one decision", () => {
    const mine = setProperty(sample, "big", "provider", "a");
    const theirs = setProperty(sample, "big", "model", "b");
    const it = merge(sample, mine, theirs);
    expect(it.conflicts[0]?.parts).toEqual(["properties.provider, model"]);
    expect(find(it.doc(new Map([["big", "theirs"]])), "big")?.properties).toEqual({
      provider: "echo",
      model: "b",
    });
  });

  it("shares of a split are one decision", () => {
    const split = (outputs: string[]): Doc => [
      {
        id: "s",
        type: "percentage",
        outputs: Object.fromEntries(outputs.map((it) => [it, { elementId: "a" }])),
      },
    ];
    const it = merge(split(["50%", "50%:b"]), split(["40%", "60%:b"]), split(["50%", "30%:b", "20%"]));
    expect(it.conflicts[0]?.parts).toEqual(["outputs"]);
    expect(it.doc(new Map([["s", "theirs"]]))).toEqual(split(["50%", "30%:b", "20%"]));
  });

  it("removed here and changed there is a conflict; removed and left alone is not", () => {
    const mine = remove(sample, new Set(["big"]));
    const it = merge(sample, mine, setProperty(sample, "big", "retries", 1));
    expect(it.conflicts.map((c) => [c.key, c.parts, c.mine])).toContainEqual(["big", [], undefined]);
    expect(find(it.doc(), "big")).toBeUndefined();
    expect(find(it.doc(new Map([["big", "theirs"]])), "big")).toBeDefined();
    const moved = merge(sample, mine, move(sample, new Map([["big", { x: 0, y: 0 }]])));
    expect([moved.conflicts, find(moved.doc(), "big")]).toEqual([[], undefined]);
    expect(merge(sample, mine, setProperty(sample, "small", "retries", 1)).conflicts).toEqual([]);
  });

  it("removed here and newly led to there is a conflict", () => {
    const lonely: Doc = [...sample, { id: "spare", type: "end" }];
    const it = merge(
      lonely,
      remove(lonely, new Set(["spare"])),
      connect(lonely, "small", "fallback", "spare"),
    );
    expect(it.conflicts.map((c) => c.key)).toEqual(["spare"]);
  });

  it("two places on the canvas are no conflict: mine counts", () => {
    const at = (x: number) => move(sample, new Map([["plan", { x, y: 0 }]]));
    const it = merge(sample, at(16), at(32));
    expect(it.conflicts).toEqual([]);
    expect(it.doc()).toEqual(at(16));
  });

  it("no element of either side is lost unless one side removed it", () => {
    fc.assert(
      fc.property(anyDoc, anyDoc, anyDoc, (base, mine, theirs) => {
        const it = merge(base, mine, theirs);
        const ids = new Set(it.doc().map((x) => x.id));
        const open = new Set(it.conflicts.map((x) => x.key));
        const had = new Set(base.map((x) => x.id));
        for (const x of [...mine, ...theirs])
          expect(ids.has(x.id) || had.has(x.id) || open.has(x.id)).toBe(true);
      }),
    );
  });
});
