import fc from "fast-check";
import { expect, it } from "vitest";
import type { Json } from "./json";
import { parseJson, pretty } from "./jsontext";

it("what JSON.stringify writes is read as it is", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const read = parseJson(text);
      // Numbers with more digits than are certain are refused; `jsonValue` makes some.
      if (read.fault) expect(read.fault.message).toContain("digits");
      else expect(JSON.stringify(read.value)).toBe(JSON.stringify(JSON.parse(text)));
    }),
  );
});

it("accepts nothing that JSON.parse refuses", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[[\]{}",:0-9truefalsn\\ -]*$/), (text) => {
      if (parseJson(text).fault) return;
      expect(() => JSON.parse(text)).not.toThrow();
    }),
    { numRuns: 2000 },
  );
});

it.each([
  ['{"a": 1,}', 1, 9, "A key in double quotes"],
  ['{\n  "a" 1}', 2, 7, "A colon"],
  ['{"a": 1', 1, 8, "A comma or }"],
  ["[1 2]", 1, 4, "A comma or ]"],
  ['{"a": paid}', 1, 7, '"paid"'],
  ['{"a": 1, "a": 2}', 1, 10, "stands twice"],
  ["[12345678901234567890]", 1, 2, "more digits"],
  ["[1e999]", 1, 2, "more digits"],
  ["1 2", 1, 3, "Nothing may follow"],
  ["", 1, 1, "ends too early"],
  ['["a\n"]', 1, 2, "no end on its line"],
])("%s breaks at %i:%i", (text, line, column, message) => {
  const { fault } = parseJson(text);
  expect([fault?.line, fault?.column]).toEqual([line, column]);
  expect(fault?.message).toContain(message);
});

it("what is written for reading is the same JSON", () => {
  fc.assert(
    fc.property(fc.jsonValue() as fc.Arbitrary<Json>, fc.integer({ min: 1, max: 40 }), (value, width) => {
      expect(JSON.stringify(JSON.parse(pretty(value, width)))).toBe(JSON.stringify(value));
    }),
  );
  expect(pretty({ $or: [{ a: 1 }, { b: 2 }] }, 20)).toBe(
    '{\n  "$or": [\n    {"a": 1},\n    {"b": 2}\n  ]\n}',
  );
});
