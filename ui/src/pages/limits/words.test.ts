import { expect, it } from "vitest";
import type { Bucket } from "./queries";
import { keyWords, nearness, ownerWords, percent, span, until, usedWords, windowWords } from "./words";

const bucket: Bucket = {
  bucket: "b",
  owner: { kind: "gateway" },
  key: [],
  unit: "requests",
  limit: 1000,
  used: 930,
  settled: 930,
  held: 0,
  share: 0.93,
  window: 3600,
  technique: "sliding",
  refills_at: null,
  resets_at: null,
};

it("a limit is named by where it is written", () => {
  expect(ownerWords({ kind: "element", route_id: "r", route: "support", element: "budget" })).toBe(
    "support / budget",
  );
  expect(
    ownerWords({ kind: "element", route_id: "r", route: "support", element: "budget", version_id: "v" }),
  ).toBe("support / budget (not deployed)");
  expect(ownerWords({ kind: "provider_key", provider: "openai", alias: "main" })).toBe("Key main of openai");
});

it("whose bucket it is says field and value, and the name of a token instead of its id", () => {
  expect(keyWords([])).toBe("everybody");
  expect(keyWords([{ field: "metadata.user", value: "ana" }])).toBe("user ana");
  expect(keyWords([{ field: "metadata.user", value: "" }])).toBe("user none");
  expect(keyWords([{ field: "metadata.n", value: 7 }])).toBe("n 7");
  expect(keyWords([{ field: "request.key", value: "0191", name: "ci" }])).toBe("token ci");
  expect(keyWords([{ field: "body.user", value: "long", cut: true }])).toBe("body.user long…");
});

it("amounts are requests or dollars", () => {
  expect(usedWords(bucket)).toBe("930 of 1,000");
  expect(usedWords({ ...bucket, unit: "dollars", used: 9.5, limit: 10 })).toBe("$9.50 of $10.00");
});

it("nothing looks full before it is", () => {
  expect([0.9999, 1, 1.3, 0.001, 0.58].map(percent)).toEqual(["99%", "100%", "130%", "<1%", "58%"]);
  expect([0.79, 0.8, 0.9999, 1].map(nearness)).toEqual(["good", "warn", "warn", "bad"]);
});

it("windows are told in their largest whole unit, and how they move", () => {
  expect([60, 90, 3600, 5400, 86_400].map(span)).toEqual([
    "1 minute",
    "90 seconds",
    "1 hour",
    "90 minutes",
    "1 day",
  ]);
  expect(windowWords(bucket)).toBe("in any hour");
  expect(windowWords({ ...bucket, window: 90 })).toBe("in any 90 seconds");
  expect(windowWords({ ...bucket, technique: "fixed" })).toBe("every hour");
});

it("when room returns is rounded up", () => {
  const now = Date.parse("2027-01-01T00:00:00Z");
  const at = (seconds: number) => until(new Date(now + seconds * 1000).toISOString(), now);
  expect([-5, 0, 0.2, 59, 61, 3600, 3661, 90_000].map(at)).toEqual([
    "now",
    "now",
    "in 1 s",
    "in 59 s",
    "in 2 min",
    "in 1 h",
    "in 1 h 2 min",
    "in 1 d 1 h",
  ]);
});
