import { describe, expect, it } from "vitest";
import { Problem } from "@/api/problem";
import { EMPTY, eventPrice, formOf, read } from "./price";
import type { Price, PriceEvent } from "./queries";

const price: Price = {
  provider: "openai",
  model: "m",
  input: "0.0000001",
  output: "0.0000002",
  cache_read: "0.00000005",
  cache_write: "0.0000001",
  cache_write_1h: "0.0000001",
  audio_input: "0.0000001",
  image_input: "0.0000001",
  reasoning: "0.0000002",
  audio_output: "0.0000002",
  image_output: "0.0000002",
  effective_from: "2026-11-26T10:00:00.000Z",
  version: "v",
};

describe("a price", () => {
  it("shows only the classes that differ from their side, and is sent as it was", () => {
    const form = formOf(price);
    expect(form).toEqual({
      ...EMPTY,
      provider: "openai",
      model: "m",
      input: "0.1",
      output: "0.2",
      cache_read: "0.05",
    });
    expect(read(form)).toEqual({
      provider: "openai",
      model: "m",
      input: "0.0000001",
      output: "0.0000002",
      cache_read: "0.00000005",
    });
  });

  it("says at its field what is missing and what is no price", () => {
    let told: unknown;
    try {
      read({ ...EMPTY, provider: "openai", model: "m", output: "cheap" });
    } catch (thrown) {
      told = thrown;
    }
    expect(told).toBeInstanceOf(Problem);
    if (!(told instanceof Problem)) return;
    expect(told.at("/input")).toEqual(["A price is needed."]);
    expect(told.at("/output")).toEqual(["“cheap” is no price, such as 0.15."]);
  });

  it("of the history is told exactly, and not at all when it was taken back", () => {
    const event: PriceEvent = JSON.parse('{"pico_dollars": {"input": 100000}}');
    expect(eventPrice(event, "input")).toBe("0.1");
    expect(eventPrice({ ...event, pico_dollars: null }, "input")).toBeUndefined();
  });
});
