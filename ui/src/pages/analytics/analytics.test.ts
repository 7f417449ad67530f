import { describe, expect, it } from "vitest";
import { metrics } from "./metrics";
import { groupWords, valueWords } from "./queries";
import { counted, dimensions, everywhere, narrowed, query, readSearch, writeSearch } from "./search";
import { buckets, filled, line, type Point, type Sums, top } from "./series";

const sums = (part: Partial<Sums>): Sums => ({
  requests: 0,
  errors: 0,
  cached: 0,
  cost: 0,
  unpriced_requests: 0,
  tokens_in: 0,
  tokens_out: 0,
  tokens_cache_read: 0,
  tokens_cache_write: 0,
  ...part,
});
const point = (time: string, part: Partial<Sums>): Point => ({ time, ...sums(part) });
const metric = (key: string) => {
  const found = metrics("requests").find((it) => it.key === key);
  if (found === undefined) throw new Error(key);
  return found;
};

describe("what is asked", () => {
  it("is read back from the address as it was written", () => {
    const given = {
      span: "7d",
      bucket: "hour",
      group: "route,model,metadata.team",
      limit: 25,
      order: "cost",
      percentile: "p99",
      provider: "openai",
      "metadata.plan": "paid",
    };
    expect(writeSearch(readSearch(given))).toEqual(given);
    expect(writeSearch(readSearch({ span: "constructor", group: "bogus", limit: 7, start: "soon" }))).toEqual(
      {},
    );
  });

  it("metadata stands last, each dimension once, and no more than three", () => {
    expect(readSearch({ group: "metadata.team,route,route,model,key" }).group).toEqual([
      "route",
      "model",
      "metadata.team",
    ]);
  });

  it("calls are asked for without what is not summed up for them, and are told apart by model when by nothing", () => {
    const search = readSearch({ group: "key,metadata.team", key: "t", model: "m" });
    const calls = counted(search, "calls");
    expect(query({ ...calls, start: "2027-01-01T00:00:00Z" }, 0)).toMatchObject({
      of: "calls",
      group: "provider,model",
      model: "m",
    });
    expect(calls.only.map((it) => it.dimension)).toEqual(["model"]);
    expect(writeSearch(readSearch({ of: "calls", group: "key,element" }))).toEqual({
      of: "calls",
      group: "element",
    });
    expect(metrics("calls").map((it) => it.key)).toEqual([
      "requests",
      "errors",
      "cost",
      "tokens",
      "duration",
    ]);
  });

  it("gateways are told apart when all are asked for, and only then", () => {
    const all = readSearch({ gateways: "all", group: "gateway,model", gateway: "eu" });
    expect(all.group).toEqual(["gateway", "model"]);
    expect(dimensions(all)).toContain("gateway");
    const one = everywhere(all, false);
    expect([one.group, one.only, dimensions(one).includes("gateway")]).toEqual([["model"], [], false]);
    expect(readSearch({ group: "gateway" }).group).toEqual([]);
  });

  it("a span counts back from now; two times are asked for instead of it", () => {
    const now = Date.parse("2027-01-02T00:00:00Z");
    expect(query(readSearch({}), now)).toEqual({ start: "2027-01-01T00:00:00.000Z" });
    expect(query(readSearch({ end: "2027-01-01T05:00:00Z", group: "model" }), now)).toEqual({
      end: "2027-01-01T05:00:00.000Z",
      group: "model",
      limit: 10,
      order_by: "requests",
    });
  });

  it("another value of one dimension takes its place", () => {
    const one = narrowed(narrowed(readSearch({}), "model", "a"), "provider", "p");
    expect(narrowed(one, "model", "b").only).toEqual([
      { dimension: "provider", value: "p" },
      { dimension: "model", value: "b" },
    ]);
  });
});

describe("lines", () => {
  const xs = buckets("2027-01-01T00:00:00Z", "2027-01-01T03:00:00Z", "hour");
  const one = {
    ...sums({}),
    points: [
      point("2027-01-01T01:00:00.000Z", { requests: 4, duration: { p50: 1, p90: 2, p95: 3, p99: 4 } }),
    ],
  };

  it("have every bucket of the range", () => {
    expect(xs.map((it) => new Date(it * 1000).getUTCHours())).toEqual([0, 1, 2]);
    expect(buckets("2027-01-01T00:00:00Z", "2027-01-03T00:00:00Z", "day")).toHaveLength(2);
  });

  it("a bucket without requests counts none, and took no time at all", () => {
    expect(line("r", one, xs, metric("requests").one("p95"), true).values).toEqual([0, 4, 0]);
    const times = line("d", one, xs, metric("duration").one("p95"), false);
    expect(times.values).toEqual([null, 3, null]);
    expect(filled(xs, [times])).toEqual([1]);
    expect(top([times])).toBe(3);
  });

  it("an axis has a height when nothing happened", () => {
    expect(top([{ label: "", values: [0, null] }])).toBe(1);
  });
});

describe("words", () => {
  const words = new Map([["route r", "support"]]);
  it("ids are told by their names, and what is not there is told as that", () => {
    expect(groupWords(words, ["route", "model"], { route: "r", model: "m" })).toBe("support · m");
    expect(valueWords(words, "key", null)).toBe("without a token");
    expect(valueWords(undefined, "route", "r")).toBe("r");
  });

  it("the head of a chart has the exact sum and its share", () => {
    expect(metric("errors").total(sums({ requests: 200, errors: 3 }), "p95")).toBe("3, 1.5%");
    expect(metric("duration").total(sums({ duration: null }), "p95")).toBe("– p95");
  });
});
