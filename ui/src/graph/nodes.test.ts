import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyDoc, sample } from "@/test/documents";
import { keyed } from "./document";
import { sameJson } from "./json";
import { missing } from "./layout";
import { edgeId, toDoc, toGraph } from "./nodes";

describe("elements and nodes", () => {
  it("any document survives the canvas unchanged, unknown members and positions too", () => {
    fc.assert(
      fc.property(anyDoc, (doc) => {
        const places = missing(doc);
        expect(sameJson(toDoc(toGraph(doc, places), places), doc)).toBe(true);
      }),
    );
  });

  it("the text of a document survives letter by letter", () => {
    expect(JSON.stringify(toDoc(toGraph(sample)))).toBe(JSON.stringify(sample));
  });

  it("every element is a node of its own, also when ids are the same", () => {
    fc.assert(
      fc.property(anyDoc, (doc) => {
        const { nodes, edges } = toGraph(doc);
        expect(new Set(nodes.map((it) => it.id)).size).toBe(doc.length);
        expect(new Set(edges.map((it) => it.id)).size).toBe(edges.length);
        const keys = new Set(nodes.map((it) => it.id));
        for (const edge of edges) expect(keys.has(edge.source) && keys.has(edge.target)).toBe(true);
      }),
    );
  });

  it("a moved node writes its position and nothing else", () => {
    const graph = toGraph(sample);
    const nodes = graph.nodes.map((it) => (it.id === "plan" ? { ...it, position: { x: 0, y: 64 } } : it));
    const doc = toDoc({ ...graph, nodes });
    expect(doc[1]).toEqual({ ...sample[1], position: { x: 0, y: 64 } });
    expect(doc.filter((_, i) => i !== 1)).toEqual(sample.filter((_, i) => i !== 1));
  });

  it("an edge that is taken away goes, one that leads nowhere and is not drawn stays", () => {
    const doc = [
      {
        id: "a",
        type: "conditional",
        outputs: { true: { elementId: "b" }, false: { elementId: "nowhere" } },
      },
      { id: "b", type: "end" },
    ];
    const graph = toGraph(doc);
    expect(graph.edges.map((it) => it.id)).toEqual([edgeId("a", "true")]);
    expect(toDoc({ ...graph, edges: [] })[0]?.outputs).toEqual({ false: { elementId: "nowhere" } });
  });

  it("an edge led elsewhere keeps what its output says besides", () => {
    const graph = toGraph(sample);
    const edges = graph.edges.map((it) => (it.id === edgeId("plan", "true") ? { ...it, target: "out" } : it));
    expect(toDoc({ ...graph, edges })[1]?.outputs).toEqual({
      true: { elementId: "out", note: "kept" },
      false: { elementId: "small" },
    });
  });

  it("`rate_limit` is shown as a limit and stays what it is; a type of later is shown as unknown", () => {
    const doc = [
      { id: "r", type: "rate_limit" },
      { id: "x", type: "later" },
    ];
    expect(toGraph(doc).nodes.map((it) => it.type)).toEqual(["rate", "unknown"]);
    expect(toDoc(toGraph(doc))).toEqual(doc);
  });

  it("keys tell elements of one id apart", () => {
    expect(
      keyed([
        { id: "a", type: "end" },
        { id: "a", type: "end" },
      ]).map(([it]) => it),
    ).toEqual(["a", "a\u00002"]);
  });
});
