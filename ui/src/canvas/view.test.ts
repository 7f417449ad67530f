import { describe, expect, it } from "vitest";
import type { Doc } from "@/graph/document";
import { layout, width } from "@/graph/layout";
import { hasMap, insets, shift } from "./view";

const canvas = { width: 684, height: 616 };
const free = insets({ map: false, palette: true, width: canvas.width });
const box = (x: number, y: number) => ({ x, y, width: 216, height: 100 });

describe("the view", () => {
  it("stays where all is seen, and else moves as little as shows it", () => {
    expect(shift(box(100, 100), canvas, free)).toEqual({ x: 0, y: 0 });
    expect(shift(box(600, 100), canvas, free)).toEqual({ x: 684 - 28 - 816, y: 0 });
    expect(shift(box(-50, 580), canvas, free)).toEqual({ x: 78, y: 616 - 56 - 680 });
  });

  it("shows nothing under the palette, and of what is larger than the canvas the beginning", () => {
    expect(shift(box(100, 10), canvas, free)).toEqual({ x: 0, y: 50 });
    expect(shift({ ...box(0, 100), width: 2000 }, canvas, free).x).toBe(28);
  });

  it("leaves room for the small map where there is one", () => {
    expect([hasMap(5, false), hasMap(40, false), hasMap(40, true)]).toEqual([false, true, false]);
    expect(insets({ map: true, palette: false, width: 684 }).bottom).toBeGreaterThan(124);
  });

  it("a route of five elements is read as a whole in the editor of a window of 1280 px", () => {
    const leads = (...ids: string[]) =>
      Object.fromEntries(ids.map((id, i) => [`${i + 1}%`, { elementId: id }]));
    const doc: Doc = [
      { id: "in", type: "start", outputs: { next: { elementId: "ab" } } },
      { id: "ab", type: "percentage", outputs: leads("a", "b") },
      { id: "a", type: "model", outputs: { success: { elementId: "out" } } },
      { id: "b", type: "model", outputs: { success: { elementId: "out" } } },
      { id: "out", type: "end" },
    ];
    const places = layout(doc);
    const right = Math.max(...doc.map((it) => (places.get(it.id)?.x ?? 0) + width(it)));
    expect((canvas.width - free.left - free.right) / right).toBeGreaterThan(0.7);
  });
});
