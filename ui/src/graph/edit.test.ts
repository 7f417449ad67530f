import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyDoc, sample } from "@/test/documents";
import { find, keyed, outputs } from "./document";
import {
  add,
  connect,
  disconnect,
  freshId,
  freshShare,
  move,
  remove,
  rename,
  renameOutput,
  setProperty,
} from "./edit";
import { sameJson } from "./json";
import { KINDS, share, shareName, slots } from "./kinds";
import { toGraph } from "./nodes";

const frozen = JSON.stringify(sample);
const to = { x: 0, y: 0 };

describe("changes of a document", () => {
  it("no change touches the document it was made from", () => {
    rename(remove(add(sample, "model", to).doc, new Set(["out"])), "big", "huge");
    expect(JSON.stringify(sample)).toBe(frozen);
  });

  it("new elements get ids that are free and always the same", () => {
    const once = add(sample, "model", to);
    const twice = add(once.doc, "model", to);
    expect([once.id, twice.id]).toEqual(["model", "model-2"]);
    expect(freshId(new Set(["a-2", "a"]), "a-2")).toBe("a-3");
  });

  it("adding and removing again gives the document back", () => {
    fc.assert(
      fc.property(anyDoc, fc.constantFrom(...KINDS), (doc, kind) => {
        const dangling = new Set(doc.flatMap((it) => outputs(it).map(([, name]) => name)));
        const added = add(doc, kind, to);
        fc.pre(!dangling.has(added.id));
        expect(sameJson(remove(added.doc, new Set([added.id])), doc)).toBe(true);
      }),
    );
  });

  it("removing takes the outputs that led there, and no others", () => {
    const doc = remove(sample, new Set(["small"]));
    expect(doc.map((it) => it.id)).toEqual(["in", "plan", "big", "out"]);
    expect(find(doc, "plan")?.outputs).toEqual({ true: { elementId: "big", note: "kept" } });
    expect(find(doc, "big")?.outputs).toEqual({ success: { elementId: "out" } });
  });

  it("no edge is left hanging by a removal", () => {
    fc.assert(
      fc.property(anyDoc, fc.nat(7), (doc, n) => {
        const key = keyed(doc)[n]?.[0];
        fc.pre(key !== undefined);
        const after = remove(doc, new Set([key ?? ""]));
        const ids = new Set(after.map((it) => it.id));
        const gone = doc.map((it) => it.id).filter((it) => !ids.has(it));
        for (const it of after) for (const [, target] of outputs(it)) expect(gone).not.toContain(target);
      }),
    );
  });

  it("renaming keeps the graph: the same edges between the same elements, and back", () => {
    fc.assert(
      fc.property(anyDoc, fc.nat(7), (doc, n) => {
        const key = keyed(doc)[n]?.[0];
        fc.pre(
          key !== undefined && !key.includes("\u0000") && doc.filter((it) => it.id === key).length === 1,
        );
        const there = rename(doc, key ?? "", "fresh");
        expect(toGraph(there).edges.length).toBe(toGraph(doc).edges.length);
        expect(sameJson(rename(there, "fresh", key ?? ""), doc)).toBe(true);
      }),
    );
  });

  it("a taken id is not given, and one of two equal ids can be told apart by renaming", () => {
    expect(rename(sample, "big", "small")).toBe(sample);
    const twins = [
      { id: "a", type: "start", outputs: { next: { elementId: "x" } } },
      { id: "x", type: "end" },
      { id: "x", type: "end" },
    ];
    const doc = rename(twins, "x\u00002", "y");
    expect(doc.map((it) => it.id)).toEqual(["a", "x", "y"]);
    expect(doc[0]?.outputs).toEqual({ next: { elementId: "x" } });
  });

  it("connecting replaces, disconnecting undoes, and what is so already changes nothing", () => {
    const doc = connect(sample, "small", "fallback", "out");
    expect(find(doc, "small")?.outputs).toEqual({
      success: { elementId: "out" },
      fallback: { elementId: "out" },
    });
    expect(disconnect(doc, "small", "fallback")).toEqual(sample);
    expect(connect(sample, "in", "next", "plan")).toBe(sample);
    expect(disconnect(sample, "out", "next")).toBe(sample);
  });

  it("a share is renamed in its place and never over another", () => {
    const doc = [
      { id: "p", type: "percentage", outputs: { "10%": { elementId: "a" }, else: { elementId: "b" } } },
    ];
    expect(Object.keys(renameOutput(doc, "p", "10%", "20%")[0]?.outputs ?? {})).toEqual(["20%", "else"]);
    expect(renameOutput(doc, "p", "10%", "else")).toBe(doc);
  });

  it("properties are set in their place, and taken away", () => {
    const doc = setProperty(sample, "big", "provider", "openai");
    expect(Object.entries(find(doc, "big")?.properties ?? {})).toEqual([
      ["provider", "openai"],
      ["model", "echo"],
    ]);
    expect(find(setProperty(doc, "big", "model", undefined), "big")?.properties).toEqual({
      provider: "openai",
    });
    expect(setProperty(sample, "big", "nothing", undefined)).toBe(sample);
  });

  it("a key such as __proto__ is a key like any other", () => {
    const doc = setProperty(sample, "big", "__proto__", 1);
    expect(JSON.stringify(find(doc, "big")?.properties)).toBe(
      '{"provider":"echo","model":"echo","__proto__":1}',
    );
  });

  it("moving keeps what else a position says", () => {
    const doc = [{ id: "a", type: "end", position: { x: 1, y: 2, z: 3 } }];
    expect(move(doc, new Map([["a", { x: 5, y: 6 }]]))[0]?.position).toEqual({ x: 5, y: 6, z: 3 });
  });
});

describe("outputs by kind", () => {
  it("those of the kind come first, then what else is there", () => {
    expect(
      slots({ id: "m", type: "model", outputs: { odd: { elementId: "x" }, fallback: { elementId: "y" } } }),
    ).toEqual(["success", "fallback", "odd"]);
    expect(slots({ id: "p", type: "percentage", outputs: { "10%": {}, else: {} } })).toEqual(["10%", "else"]);
    expect(slots({ id: "e", type: "end" })).toEqual([]);
  });

  it("names of shares and their hundredths are each other's reverse", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), fc.constantFrom(undefined, "b", "x:y"), (n, label) => {
        expect(share(shareName(n, label))).toEqual({ share: n, label });
      }),
    );
    for (const odd of ["else", "ten%", "101%", "1.234%", "50", "-5%"]) expect(share(odd)).toBeUndefined();
  });

  it("one more share has a name that is free", () => {
    const element = { id: "p", type: "percentage", outputs: { "10%": {}, "10%:b": {} } };
    expect(freshShare(element)).toBe("10%:c");
  });
});
