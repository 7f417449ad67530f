import { beforeEach, expect, it } from "vitest";
import { claim } from "./tabs";

beforeEach(() => sessionStorage.clear());

it("a reload does not change a tab's id, and a copy of an open tab does not share it", async () => {
  // A page that is gone answers nothing.
  sessionStorage.setItem("pointsman-tab", "one");
  const first = await claim(50);
  expect([first.id, [...first.others]]).toEqual(["one", []]);
  const copy = await claim(50);
  expect(copy.others).toEqual(new Set(["one"]));
  expect(copy.id).not.toBe("one");
});
