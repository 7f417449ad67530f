import { expect, it } from "vitest";
import { isWithin, placed } from "./place";

const view = { left: 0, top: 0, right: 1280, bottom: 800 };
const field = (top: number, left = 900, width = 280) => ({
  left,
  top,
  right: left + width,
  bottom: top + 32,
});

it("a list stands below its field while it has room there", () => {
  expect(placed(field(100), 200, view)).toEqual({ side: "below", left: 900, width: 280, maxHeight: 320 });
  expect(placed(field(550), 200, view).side).toBe("below");
});

it("it stands above when there is more room, and is never higher than that", () => {
  expect(placed(field(600), 200, view)).toEqual({ side: "above", left: 900, width: 280, maxHeight: 320 });
  const low = { ...view, bottom: 400 };
  expect(placed(field(260), 320, low)).toMatchObject({ side: "above", maxHeight: 248 });
  expect(placed(field(120), 320, low)).toMatchObject({ side: "below", maxHeight: 236 });
});

it("a phone's keyboard takes room away", () => {
  const phone = { left: 0, top: 300, right: 390, bottom: 644 };
  expect(placed(field(560, 24, 342), 320, phone)).toMatchObject({ side: "above", maxHeight: 248 });
});

it("it is not narrower than can be read, and stays in the window", () => {
  expect(placed(field(100, 1200, 60), 200, view)).toMatchObject({ left: 1096, width: 176 });
  expect(placed(field(100, 0, 160), 200, { ...view, right: 160 })).toMatchObject({ left: 8, width: 144 });
});

it("a field that is scrolled out of its frame is not within it", () => {
  const frame = { left: 900, top: 200, right: 1200, bottom: 500 };
  expect([100, 180, 490, 510].map((top) => isWithin(field(top), frame))).toEqual([false, true, true, false]);
});
