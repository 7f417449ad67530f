import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { perMillion, perToken } from "./millions";

describe("prices by the million tokens", () => {
  it("move the point and change no digit", () => {
    expect(perMillion("0.00000015")).toBe("0.15");
    expect(perMillion("1.5e-7")).toBe("0.15");
    expect(perMillion("0.0000006")).toBe("0.6");
    expect(perMillion("0.00001")).toBe("10");
    expect(perMillion("0")).toBe("0");
    expect(perToken("0.15")).toBe("0.00000015");
    expect(perToken("$2.5")).toBe("0.0000025");
    expect(perToken("10")).toBe("0.00001");
    expect(perToken(".5")).toBe("0.0000005");
  });

  it("are nothing when they are no number", () => {
    for (const text of ["", ".", "x", "1,5", "-1", "1 2"]) expect(perToken(text)).toBeUndefined();
  });

  it("come back as they were", () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(999_999), (whole, part) => {
        const text = `${whole}.${String(part).padStart(6, "0")}`;
        expect(Number(perMillion(perToken(text) ?? ""))).toBe(Number(text));
      }),
    );
  });
});
