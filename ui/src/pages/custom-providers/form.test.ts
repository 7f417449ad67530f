import { describe, expect, it } from "vitest";
import { EMPTY, formOf, headerNames, read } from "./form";
import type { Custom } from "./queries";

const custom: Custom = {
  id: "1",
  account_tag: "default",
  name: "Lab",
  slug: "lab",
  base_url: "https://lab.example.com/v1",
  dialect: "openai",
  enable: true,
  description: null,
  headers: '{"x-team":"***"}',
  beta: null,
  curl_example: null,
  js_example: null,
  link: null,
  logo: null,
  position: null,
  created_at: "2026-11-26T10:00:00.000Z",
  modified_at: "2026-11-26T10:00:00.000Z",
};

describe("a custom provider", () => {
  it("is changed by what differs only, and keeps headers that nobody typed", () => {
    const before = formOf(custom);
    expect(read({ ...before, base_url: "https://other.example.com/v1" }, before)).toEqual({
      base_url: "https://other.example.com/v1",
    });
  });

  it("loses its headers when they are replaced by none", () => {
    const before = formOf(custom);
    expect(read({ ...before, headers: [] }, before)).toEqual({ headers: "" });
  });

  it("is made with its headers as the text of a JSON object", () => {
    const form = { ...EMPTY, name: "Lab", slug: "lab", base_url: "https://lab.example.com/v1" };
    expect(read({ ...form, headers: [{ key: "x-team", value: "red" }] }, undefined).headers).toBe(
      '{"x-team":"red"}',
    );
  });

  it("tells the names of its headers", () => {
    expect(headerNames(custom)).toEqual(["x-team"]);
    expect(headerNames({ ...custom, headers: null })).toEqual([]);
  });
});
