import fc from "fast-check";
import { expect, it } from "vitest";
import type { Element } from "./document";
import { shareName } from "./kinds";
import { addElse, addShare, hundredthsOf, madeWhole, reshare, sharesOf, total, WHOLE } from "./shares";

const split = (...names: string[]): Element => ({
  id: "s",
  type: "percentage",
  outputs: Object.fromEntries(names.map((it, i) => [it, { elementId: `to${i}`, note: i }])),
});
const names = (it: Element) => sharesOf(it).map((row) => row.output);

it("made whole, the shares add up, lead where they led, and keep their order and labels", () => {
  const parts = fc.uniqueArray(
    fc.tuple(fc.integer({ min: 0, max: WHOLE }), fc.constantFrom(undefined, "a", "b")),
    {
      minLength: 1,
      maxLength: 5,
      selector: ([n, label]) => shareName(n, label),
    },
  );
  fc.assert(
    fc.property(parts, (all) => {
      const before = split(...all.map(([n, label]) => shareName(n, label)));
      const after = sharesOf(madeWhole(before));
      expect(total(after)).toBe(WHOLE);
      expect(after.map((it) => it.to)).toEqual(sharesOf(before).map((it) => it.to));
      for (const [i, [, label]] of all.entries())
        if (label) expect(after[i]?.label).toMatch(new RegExp(`^${label}`));
    }),
  );
});

it("proportions are kept as far as two decimals let them", () => {
  expect(names(madeWhole(split("30%", "60%")))).toEqual(["33.33%", "66.67%"]);
  expect(names(madeWhole(split("0%", "0%:x")))).toEqual(["50%", "50%:x"]);
  expect(names(madeWhole(split("10%", "10%:b", "10%:c")))).toEqual(["33.34%", "33.33%:b", "33.33%:c"]);
});

it("with an else only what is beyond the whole is scaled", () => {
  const fine = split("30%", "else");
  expect(madeWhole(fine)).toBe(fine);
  expect(names(madeWhole(split("100%", "100%:b", "else")))).toEqual(["50%", "50%:b", "else"]);
});

it("a share that becomes like another gets a label, and neither is lost", () => {
  const it = reshare(
    split("50%", "30%", "20%:b"),
    new Map([["30%", { hundredths: 5000, label: undefined }]]),
  );
  expect(names(it)).toEqual(["50%", "50%:c", "20%:b"]);
  expect(sharesOf(it).map((row) => row.to)).toEqual(["to0", "to1", "to2"]);
});

it("shares are read with a comma, a percent sign, or neither, and with at most two decimals", () => {
  expect(["12,5", " 12.5% ", "100", "0.01"].map(hundredthsOf)).toEqual([1250, 1250, 10_000, 1]);
  expect(["", "101", "1.234", "-1", "x", "else"].map(hundredthsOf)).toEqual(Array(6).fill(undefined));
});

it("a new share takes what is missing, or 10%, and leads nowhere yet", () => {
  expect(names(addShare(split("60%")))).toEqual(["60%", "40%"]);
  expect(names(addShare(split("60%", "else")))).toEqual(["60%", "else", "10%"]);
  expect(names(addShare(split("50%", "50%:b")))).toEqual(["50%", "50%:b", "10%"]);
  expect(addElse({ id: "s", type: "percentage" }).outputs).toEqual({ else: { elementId: "" } });
});
