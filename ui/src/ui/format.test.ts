import { expect, it } from "vitest";
import { duration, money, portion, relative } from "./format";
import { inView } from "./window";

it("money shows cents from ten cents on, and small sums are not nothing", () => {
  expect([0, 12.5, 1234.567, 0.5, 0.00012345].map(money)).toEqual([
    "$0",
    "$12.50",
    "$1,234.57",
    "$0.50",
    "$0.000123",
  ]);
});

it("a duration never rolls over its unit", () => {
  expect([0, 999, 1500, 59_940, 60_000, 125_000].map(duration)).toEqual([
    "0 ms",
    "999 ms",
    "1.5 s",
    "60 s",
    "1 min 0 s",
    "2 min 5 s",
  ]);
});

it("a portion is never rounded to none or all", () => {
  const shown = [portion(0, 0), portion(0, 5), portion(1, 100_000), portion(99_999, 100_000), portion(1, 8)];
  expect(shown).toEqual(["–", "0%", "<0.1%", ">99.9%", "12.5%"]);
});

it("times are told from now", () => {
  const now = Date.UTC(2026, 10, 26, 12);
  const shown = ["2026-11-26T11:59:50Z", "2026-11-26T09:00:00Z", "2026-11-25T11:00:00Z"];
  expect(shown.map((it) => relative(it, now))).toEqual(["just now", "3 hours ago", "yesterday"]);
});

it("only rows in view are drawn, and no more than there are", () => {
  expect(inView(10_000, 40, 4000, 640)).toEqual({ from: 92, to: 124 });
  expect(inView(3, 40, 0, 640)).toEqual({ from: 0, to: 3 });
  expect(inView(3, 40, 9_000, 640)).toEqual({ from: 3, to: 3 });
});
