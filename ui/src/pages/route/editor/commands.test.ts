import { describe, expect, it } from "vitest";
import { moved, onOutput } from "@/canvas/move";
import { NOTHING, only } from "@/canvas/types";
import { type Doc, find, outputs, position } from "@/graph/document";
import { height, WIDTH } from "@/graph/layout";
import { sample } from "@/test/documents";
import { addElement, nudged, pasted, pinned, removeSelected, target } from "./commands";

const leads = (doc: Doc, key: string) => Object.fromEntries(outputs(find(doc, key) ?? { id: "", type: "" }));

describe("adding", () => {
  it("in the middle, what followed follows behind the new element", () => {
    const { doc, selection } = addElement(sample, "rate", { source: "in", output: "next" });
    expect(leads(doc, "in").next).toBe("rate");
    expect(leads(doc, "rate").success).toBe("plan");
    expect([...selection.elements]).toEqual(["rate"]);
  });

  it("a split in the middle takes all requests at first", () => {
    const { doc } = addElement(sample, "percentage", { source: "in", output: "next" });
    expect(leads(doc, "percentage")).toEqual({ "100%": "plan" });
  });

  it("behind an output that leads nowhere only connects", () => {
    const { doc } = addElement(sample, "model", { source: "small", output: "fallback" });
    expect(leads(doc, "small").fallback).toBe("model");
    expect(leads(doc, "model")).toEqual({});
  });

  it("a share that leads nowhere yet is such an output, and nothing is led on to nowhere", () => {
    const split: Doc = [
      { id: "s", type: "percentage", outputs: { "60%": { elementId: "s2" }, "40%": { elementId: "" } } },
      { id: "s2", type: "end" },
    ];
    expect(target(split, only("s"))?.output).toBe("40%");
    const { doc } = addElement(split, "model", { source: "s", output: "40%" });
    expect(leads(doc, "s")).toEqual({ "60%": "s2", "40%": "model" });
    expect(leads(doc, "model")).toEqual({});
  });

  it("moves nothing that is there, and covers nothing", () => {
    const before = pinned(sample);
    const { doc } = addElement(sample, "model", { source: "in", output: "next" });
    expect(doc.slice(0, sample.length).map(position)).toEqual(before.map(position));
    const at = position(find(doc, "model") ?? { id: "", type: "" }) ?? { x: 0, y: 0 };
    for (const it of before) {
      const there = position(it) ?? { x: 0, y: 0 };
      const apart =
        Math.abs(there.x - at.x) >= WIDTH ||
        there.y >= at.y + height({ id: "", type: "model" }) ||
        at.y >= there.y + height(it);
      expect(apart, it.id).toBe(true);
    }
  });

  it("goes behind the selected output, else behind the first that leads nowhere, else the first", () => {
    expect(target(sample, onOutput("plan", "false"))?.output).toBe("false");
    expect(target(sample, only("small"))?.output).toBe("fallback");
    expect(target(sample, only("big"))?.output).toBe("success");
    expect(target(sample, only("big", "small"))).toBeUndefined();
    expect(target(sample, only("out"))).toBeUndefined();
    expect(target([{ id: "s", type: "percentage" }], only("s"))?.output).toBe("100%");
  });
});

describe("what is selected", () => {
  it("an output is disconnected, and its element stays", () => {
    const { doc } = removeSelected(sample, onOutput("plan", "false"));
    expect(leads(doc, "plan")).toEqual({ true: "big" });
    expect(doc.length).toBe(sample.length);
  });

  it("elements go, with what led to them", () => {
    const { doc, selection } = removeSelected(sample, only("small"));
    expect([leads(doc, "plan"), selection]).toEqual([{ true: "big" }, NOTHING]);
  });

  it("is moved by steps of the grid, the rest is not", () => {
    const doc = nudged(sample, only("plan"), 1, -1);
    expect(find(doc, "plan")?.position).toEqual({ x: 272, y: -16 });
    expect(find(doc, "big")?.position).toEqual(find(pinned(sample), "big")?.position);
  });

  it("after pasting is what was pasted", () => {
    const { selection } = pasted(sample, [{ id: "big", type: "end" }]);
    expect([...selection.elements]).toEqual(["big-2"]);
  });

  it("keeps unknown members through all of it", () => {
    const doc = removeSelected(addElement(sample, "end").doc, only("small")).doc;
    expect(find(doc, "plan")?.color).toBe("teal");
    expect(find(doc, "plan")?.outputs).toEqual({ true: { elementId: "big", note: "kept" } });
  });
});

describe("moving by keyboard", () => {
  const go = (...ways: ("left" | "right" | "up" | "down" | "first" | "last")[]) =>
    ways.reduce((at, way) => moved(pinned(sample), at, way) ?? at, NOTHING);

  it("begins at the start, follows outputs to the right, and comes back", () => {
    expect([...go("right").elements]).toEqual(["in"]);
    expect([...go("right", "right").elements]).toEqual(["plan"]);
    expect([...go("right", "right", "left").elements]).toEqual(["in"]);
  });

  it("chooses an output up and down, and follows the chosen one", () => {
    expect(go("right", "right", "down", "down")).toEqual(onOutput("plan", "false"));
    expect([...go("right", "right", "down", "down", "right").elements]).toEqual(["small"]);
    expect(go("right", "right", "down", "up")).toEqual(only("plan"));
    expect(go("right", "right", "down", "left")).toEqual(only("plan"));
  });

  it("goes back the way it came, where several lead", () => {
    expect(moved(sample, only("out"), "left", "small")).toEqual(only("small"));
    expect(moved(sample, only("out"), "left")).toEqual(only("big"));
  });

  it("jumps to the start and to an end", () => {
    expect([...go("right", "last").elements]).toEqual(["out"]);
    expect([...go("right", "last", "first").elements]).toEqual(["in"]);
  });
});
