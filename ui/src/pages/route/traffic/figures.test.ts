import { expect, it } from "vitest";
import { edgeId } from "@/graph/nodes";
import { sample } from "@/test/documents";
import { type Edge, label, picture, rows } from "./figures";

const sums = (part: Partial<Edge>): Edge => ({
  version: "v",
  element: "",
  output: "",
  requests: 0,
  errors: 0,
  cost: 0,
  cached: 0,
  unpriced_requests: 0,
  tokens_in: 0,
  tokens_out: 0,
  ...part,
});
const total = sums({ requests: 100, errors: 6 });
const edges = [
  sums({ element: "in", output: "next", requests: 100, errors: 6 }),
  sums({ element: "plan", output: "true", requests: 25, cost: 0.5 }),
  sums({
    element: "big",
    output: "failed",
    requests: 6,
    errors: 6,
    own: { requests: 25, duration: { p50: 10, p90: 20, p95: 30, p99: 40 } },
  }),
  sums({ element: "small", output: "success", requests: 0 }),
];

it("an edge is as thick as its share, and says its number and everything else", () => {
  const { edges: figures } = picture(sample, edges, total, "requests");
  expect(figures.get(edgeId("plan", "true"))).toEqual({
    weight: 0.25,
    label: "25",
    title: "25 requests, 25% of all; 0% failed; $0.50",
  });
  expect(figures.get(edgeId("in", "next"))?.tone).toBe("bad");
});

it("what had no requests is dimmed; when nothing had, nothing is", () => {
  const { lit } = picture(sample, edges, total, "requests");
  expect([...(lit?.elements ?? [])]).toEqual(["in", "plan", "big"]);
  expect(lit?.edges.has(edgeId("small", "success"))).toBe(false);
  expect(picture(sample, [], total, "requests").lit).toBeUndefined();
});

it("what ended at an element, and how long its calls took, stands below it", () => {
  const { elements } = picture(sample, edges, total, "requests");
  expect(elements.get("big")).toMatchObject({
    label: "6 ended here: the model failed · calls 10 ms · 40 ms",
    tone: "bad",
  });
  expect(elements.has("plan")).toBe(false);
});

it("the table has every output, those without requests too, and what ended without one", () => {
  const all = rows(sample, edges).map((it) => `${it.element}:${it.output}:${it.sums?.requests ?? "none"}`);
  expect(all).toContain("plan:true:25");
  expect(all).toContain("plan:false:none");
  expect(all.at(-1)).toBe("big:failed:6");
});

it("each measure has its words", () => {
  const it = sums({ requests: 10, errors: 1, cost: 0.02, duration: { p50: 5, p90: 6, p95: 7, p99: 1200 } });
  expect(label("errors", it, total)).toBe("10%");
  expect(label("share", it, total)).toBe("10%");
  expect([label("p50", it, total), label("p99", it, total)]).toEqual(["5 ms", "1.2 s"]);
  expect(label("cost", it, total)).toBe("$0.02");
});
