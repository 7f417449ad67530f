import { expect, it } from "vitest";
import { drop, put, renamed, rowRemoved, type Unread } from "./unread";

const typed = (element: string, field: string, text = "{"): Unread => ({
  element,
  field: field.split("/"),
  text,
  said: "The text ends too early.",
});
const places = (all: readonly Unread[]) => all.map((it) => `${it.element}: ${it.field.join("/")} ${it.text}`);

it("a field has one text, the last one", () => {
  const all = put(put([], typed("a", "json", "{")), typed("a", "json", "{1"));
  expect(places(all)).toEqual(["a: json {1"]);
  expect(drop(all, "a", ["json"])).toEqual([]);
  expect(drop(all, "b", ["json"])).toBe(all);
});

it("follows its element when that is renamed", () => {
  expect(places(renamed([typed("a", "json"), typed("b", "json")], "a", "c"))).toEqual([
    "c: json {",
    "b: json {",
  ]);
});

it("follows its row when another above it is removed, and goes with its own", () => {
  const all = [typed("a", "cond/0/Value"), typed("a", "cond/2/1/Value"), typed("a", "cond/As JSON")];
  expect(places(rowRemoved(all, "a", ["cond"], 0))).toEqual(["a: cond/1/1/Value {", "a: cond/As JSON {"]);
  expect(places(rowRemoved(all, "a", ["cond", "2"], 0))[1]).toBe("a: cond/2/0/Value {");
  expect(rowRemoved(all, "b", ["cond"], 0)).toEqual(all);
});
