import { beforeEach, expect, it } from "vitest";
import { setProperty } from "@/graph/edit";
import { keptBelow } from "@/session/kept";
import { sample } from "@/test/documents";
import { leftBehind, type Owner, tabKeep } from "./keep";

const owner: Owner = { at: { account: "a", gateway: "g/1", id: "r" }, token: "t" };
const changed = setProperty(sample, "big", "timeout", 5);
const work = { document: changed, saved: sample, etag: '"1"', unread: [], pending: undefined };
const here = { id: "here", others: new Set(["open"]) };

beforeEach(() => localStorage.clear());

it("what a tab that is gone has left is there for the next one, with its time; what an open tab is at is not", () => {
  tabKeep(owner, "gone").write(work);
  tabKeep(owner, "open").write(work);
  tabKeep(owner, "here").write(work);
  const left = leftBehind(owner, here, sample);
  expect(left).toHaveLength(1);
  expect(left[0]?.kept.document).toEqual(changed);
  expect(Date.parse(left[0]?.kept.time ?? "")).toBeGreaterThan(Date.now() - 60_000);
});

it("another token, another route and another account do not meet it", () => {
  tabKeep(owner, "gone").write(work);
  expect(leftBehind({ ...owner, token: "u" }, here, sample)).toEqual([]);
  expect(leftBehind({ ...owner, at: { ...owner.at, id: "s" } }, here, sample)).toEqual([]);
  expect(leftBehind({ ...owner, at: { ...owner.at, account: "b" } }, here, sample)).toEqual([]);
});

it("what is on the server by now is forgotten, unless a text is in it that is in no draft", () => {
  tabKeep(owner, "gone").write(work);
  expect(leftBehind(owner, here, changed)).toEqual([]);
  expect(keptBelow("a", "t")).toEqual([]);
  tabKeep(owner, "gone").write({ ...work, pending: { text: "[", doc: sample } });
  expect(leftBehind(owner, here, changed)).toHaveLength(1);
});

it("what is no kept work is not read", () => {
  localStorage.setItem("pointsman-draft:a/t/g%2F1/r/gone", '{"document": 3}');
  localStorage.setItem("pointsman-draft:a/t/g%2F1/r/torn", '{"document": [');
  expect(leftBehind(owner, here, sample)).toEqual([]);
});
