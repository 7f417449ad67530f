import { expect, it } from "vitest";
import { place, told } from "./problems";

const sentence = (message: string, below: readonly string[]) => {
  const entry = {
    code: 7001,
    message,
    path: ["body", "elements", 0, ...below],
    problem: { code: "x", element: "a", severity: "error" },
  };
  return place([{ id: "a", type: "rate" }], [entry]).all.map(told);
};

it("away from its field, a sentence that names no property is told with its name", () => {
  expect(sentence("Required", ["properties", "limit"])).toEqual(["`limit`: Required"]);
  expect(sentence("`limit` is a number.", ["properties", "limit"])).toEqual(["`limit` is a number."]);
  expect(sentence("The shares total 90%.", ["outputs"])).toEqual(["The shares total 90%."]);
});
