import fc from "fast-check";
import { expect, it } from "vitest";
import { parseExact, Raw, withMembers, written } from "./exact";

const big = '{"user":9007199254740993,"list":[-18446744073709551615,1.5,12],"text":"9007199254740993 \\" {"}';

it("integers beyond 2^53 are read and written to the digit, and texts of digits stay texts", () => {
  const read = parseExact(big);
  expect(read).toEqual({
    user: new Raw("9007199254740993"),
    list: [new Raw("-18446744073709551615"), 1.5, 12],
    text: '9007199254740993 " {',
  });
  expect(written(read)).toBe(big);
  expect(parseExact("[9007199254740991, 1e300, 0.1234567890123456789]")).toEqual(
    JSON.parse("[9007199254740991, 1e300, 0.1234567890123456789]"),
  );
});

it("any JSON is read and written as JSON does", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      expect(written(parseExact(text))).toBe(text);
      expect(written(value, 2)).toBe(JSON.stringify(value, null, 2));
    }),
  );
});

it("what was typed goes along as it is", () => {
  expect(written({ body: new Raw('{"a": 1.0, "a": 2}'), b: "\u0000raw 0x" })).toBe(
    '{"body":{"a": 1.0, "a": 2},"b":"\\u0000raw 0x"}',
  );
});

it("members are set, and all others stay as they were typed", () => {
  expect(withMembers('{ "model": "x", "seed": 9007199254740993 ,"m": [{"model": 1}] }', { model: "y" })).toBe(
    '{"seed": 9007199254740993,"m": [{"model": 1}],"model":"y"}',
  );
  expect(withMembers("{}", { stream: true })).toBe('{"stream":true}');
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (object, key) => {
      const now = JSON.parse(withMembers(JSON.stringify(object, null, 1), { [key]: 1 }));
      expect(now).toEqual({ ...JSON.parse(JSON.stringify(object)), [key]: 1 });
    }),
  );
});
