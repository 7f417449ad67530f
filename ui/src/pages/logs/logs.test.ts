import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FIELDS } from "./fields";
import {
  type Filter,
  narrowed,
  queryOf,
  readFilters,
  through,
  withMetadata,
  without,
  words,
  wrong,
} from "./filters";
import type { Log } from "./queries";
import { joined, nextPage, renewed } from "./rows";
import { deletion, isPlain, listQuery, readSearch, writeSearch } from "./search";
import { seen } from "./seen";
import { when } from "./when";

const filter: fc.Arbitrary<Filter> = fc.constantFrom(...FIELDS).chain((field) =>
  fc.record({
    key: fc.constant(field.key),
    operator: fc.constantFrom(...field.operators),
    value: fc.array(fc.option(fc.string(), { nil: null }), { minLength: 1, maxLength: 3 }),
  }),
);

describe("filters", () => {
  it("every key and operator of the API can be chosen", () => {
    const keys = FIELDS.map((it) => it.key);
    expect(keys).toHaveLength(29);
    expect(new Set(keys).size).toBe(29);
    const operators = (key: string) => FIELDS.find((it) => it.key === key)?.operators.join(" ");
    expect(operators("model")).toBe("eq neq contains lt gt");
    expect(operators("metadata.value")).toBe("eq neq contains");
    expect(operators("cost")).toBe("eq neq lt gt");
    expect(operators("success")).toBe("eq neq");
  });

  it("what the address says is what was written to it", () => {
    fc.assert(
      fc.property(fc.array(filter, { maxLength: 4 }), (filters) => {
        expect(readFilters(JSON.parse(queryOf(filters) ?? "[]"))).toEqual(filters);
      }),
    );
  });

  it("what is no filter is left out", () => {
    expect(readFilters("x")).toEqual([]);
    const one = { key: "cost", operator: "gt", value: 0.1 };
    expect(readFilters([1, null, { key: "cost" }, { ...one, operator: "like" }, one])).toEqual([
      { key: "cost", operator: "gt", value: ["0.1"] },
    ]);
  });

  it("are said in words, with units", () => {
    const said = (key: string, operator: Filter["operator"], ...value: (string | null)[]) =>
      words({ key, operator, value });
    expect(said("model", "eq", "a", "b")).toBe("Model is a or b");
    expect(said("cost", "gt", "0.1")).toBe("Cost is more than 0.1 dollars");
    expect(said("event_id", "neq", null)).toBe("Event id is not absent");
    expect(said("created_at", "lt", "2027-01-31T12:00:00Z")).toBe("Time is before 2027-01-31T12:00:00Z");
  });

  it("the logs of an edge are found by the server, and said with the name of the route", () => {
    const filters = through("r1", "v1", "plan", "true");
    expect(readFilters(JSON.parse(queryOf(filters) ?? ""))).toEqual(filters);
    const name = (key: string, value: string) => (key === "route" && value === "r1" ? "support" : undefined);
    expect(filters.map((it) => words(it, name))).toEqual([
      "Route is support",
      "Version is v1",
      "Through the output is plan.true",
    ]);
  });

  it("a click on a value shows only that value, and once is enough", () => {
    const one = narrowed([], "model", "a");
    expect(narrowed(one, "model", "a")).toBe(one);
    expect(narrowed(one, "model", "b")).toEqual([{ key: "model", operator: "eq", value: ["b"] }]);
    const pair = withMetadata(one, "plan", "paid");
    expect(pair.map((it) => it.key)).toEqual(["model", "metadata.key", "metadata.value"]);
    expect(withMetadata(pair, "plan", "paid")).toBe(pair);
    expect(without(pair, 0)).toHaveLength(2);
  });

  it("a value that cannot be meant is told before it is sent", () => {
    expect(wrong({ key: "cost", operator: "gt", value: ["cheap"] })).toContain("no number");
    expect(wrong({ key: "cost", operator: "gt", value: [null] })).toContain("absent");
    expect(wrong({ key: "model", operator: "eq", value: [""] })).toBeDefined();
    expect(wrong({ key: "model", operator: "eq", value: [null] })).toBeUndefined();
    expect(wrong({ key: "created_at", operator: "lt", value: ["soon"] })).toBeDefined();
    expect(wrong({ key: "duration", operator: "lt", value: ["12.5"] })).toBeUndefined();
  });
});

describe("the address", () => {
  it("is read back as it was written, and is short when nothing is asked", () => {
    const given = {
      filters: [{ key: "model", operator: "eq", value: ["a"] }],
      q: "red",
      span: "1h",
      order: "model",
      dir: "asc",
    };
    expect(writeSearch(readSearch(given))).toEqual(given);
    expect(writeSearch(readSearch({}))).toEqual({});
    expect(writeSearch(readSearch({ span: "toString", order: "x", filters: 3 }))).toEqual({});
    expect(readSearch({ q: 12 }).text).toBe("12");
    expect(isPlain(readSearch({ order: "model" }))).toBe(true);
  });

  it("a span counts from when one began to look", () => {
    const now = Date.parse("2027-01-01T12:00:00Z");
    expect(listQuery(readSearch({ span: "1h" }), now)).toEqual({
      per_page: 50,
      start_date: "2027-01-01T11:00:00.000Z",
    });
  });

  it("a deletion finds what is shown up to now, and cannot be said of a text", () => {
    const now = Date.parse("2027-01-01T12:00:00Z");
    const found = deletion(
      readSearch({ span: "15m", filters: [{ key: "cached", operator: "eq", value: true }] }),
      now,
    );
    expect(found?.map((it) => `${it.key} ${it.operator} ${it.value}`)).toEqual([
      "cached eq true",
      "created_at gt 2027-01-01T11:44:59.999Z",
      "created_at lt 2027-01-01T12:00:00.000Z",
    ]);
    expect(deletion(readSearch({ q: "a" }), now)).toBeUndefined();
  });
});

describe("the list", () => {
  const ids = (...all: number[]) => all.map((it) => ({ id: String(it) }));

  it("each log is there once, whatever moved pages in the meantime", () => {
    expect(joined([ids(3, 2), ids(2, 1)])).toEqual(ids(3, 2, 1));
    expect(nextPage(50, 200, 50)).toBe(2);
    expect(nextPage(53, 200, 50)).toBe(2);
    expect(nextPage(200, 200, 50)).toBeUndefined();
  });

  it("new logs are put before those known; when there is a gap between, the old ones go", () => {
    expect(renewed(ids(3, 2, 1), ids(5, 4, 3), 3)).toEqual({ rows: ids(5, 4, 3, 2, 1), fresh: 2 });
    expect(renewed(ids(3, 2, 1), ids(9, 8, 7), 3)).toEqual({ rows: ids(9, 8, 7), fresh: 3 });
    expect(renewed(ids(), ids(1), 3)).toEqual({ rows: ids(1), fresh: 1 });
  });

  it("elements and outputs that were walked are suggested", () => {
    const path = [
      { element: "plan", type: "conditional", outcome: "true" },
      { element: "big", type: "model", outcome: "failed" },
    ];
    const log: Log = JSON.parse(JSON.stringify({ id: "1", model: "m", metadata: {}, pointsman: { path } }));
    expect(seen([log, log], "edge").map((it) => it.value)).toEqual(["big.failed", "plan.true"]);
    expect(seen([log], "element").map((it) => it.value)).toEqual(["big", "plan"]);
    expect(seen([log], "model")).toEqual([{ value: "m" }]);
  });

  it("a time of today is its clock, of another day its date too", () => {
    const now = new Date(2027, 0, 2, 12).getTime();
    expect(when(new Date(2027, 0, 2, 8, 5, 9).toISOString(), now)).toBe("08:05:09");
    expect(when(new Date(2027, 0, 1, 8, 5, 9).toISOString(), now)).toBe("1 Jan, 08:05:09");
    expect(when(new Date(2026, 0, 1, 8, 5, 9).toISOString(), now)).toBe("1 Jan 2026, 08:05:09");
  });
});
