import { describe, expect, it } from "vitest";
import { Problem } from "./problem";
import { Typed } from "./typed";

function problem(of: (typed: Typed) => void): Problem | undefined {
  const typed = new Typed();
  of(typed);
  try {
    typed.done();
  } catch (thrown) {
    if (thrown instanceof Problem) return thrown;
  }
  return undefined;
}

describe("what is typed into a form", () => {
  it("is no number when it is empty", () => {
    expect(new Typed().whole("/a", " ")).toBeNull();
    expect(new Typed().decimal("/a", "")).toBeNull();
  });

  it("may group the digits of a number", () => {
    expect(new Typed().whole("/a", "10 000,000")).toBe(10_000_000);
  });

  it("says of every field what cannot be read", () => {
    const found = problem((it) => {
      it.whole("/cache_ttl", "1.5");
      it.decimal("/limit", "-3");
      it.needed("/name", "  ", "A name");
    });
    expect(found?.at("/cache_ttl")).toEqual(["“1.5” is not a whole number of 0 or more."]);
    expect(found?.at("/limit")).toEqual(["“-3” is not a number of 0 or more."]);
    expect(found?.at("/name")).toEqual(["A name is needed."]);
  });

  it("says nothing when all can be read", () => {
    expect(problem((it) => it.whole("/a", "12"))).toBeUndefined();
  });
});
