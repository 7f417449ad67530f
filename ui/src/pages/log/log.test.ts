import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { read, rows, scoreOf } from "./metadata";
import { events, join, pretty } from "./stream";
import { classes } from "./usage";
import { amount, fieldsOf, readInputs, readWalk } from "./walk";
import { ticks, us, waterfall } from "./waterfall";

const path = [
  { element: "in", type: "start", outcome: "next", at_us: 100 },
  {
    element: "budget",
    type: "rate",
    outcome: "fallback",
    at_us: 110,
    limit: {
      type: "cost",
      limit: 5_000_000_000,
      window_s: 60,
      settled: 5_000_000_000,
      held: 0,
      remaining: 0,
      retry_after_ms: 900,
    },
  },
  {
    element: "m",
    type: "model",
    outcome: "success",
    at_us: 120,
    attempts: [
      { provider: "a", model: "x", status: 503, cause: "status", key: "stored:k", at_us: 150, us: 1000 },
      {
        provider: "a",
        model: "x",
        status: 200,
        cause: null,
        key: "none",
        at_us: 1200,
        us: 3000,
        first_byte_us: 2000,
      },
    ],
  },
];

describe("the walk of a record", () => {
  it("is read with its limits and attempts; what is not of it is left out", () => {
    const steps = readWalk(path);
    expect(steps.map((it) => it.outcome)).toEqual(["next", "fallback", "success"]);
    expect(steps[1]?.limit?.settled).toBe(5_000_000_000);
    expect(steps[2]?.attempts.map((it) => it.cause)).toEqual(["status", undefined]);
    expect(readWalk(null)).toEqual([]);
    expect(readWalk([1, {}])).toHaveLength(1);
  });

  it("amounts are requests, or dollars without rounding", () => {
    const limit = readWalk(path)[1]?.limit;
    if (limit === undefined) throw new Error("no limit");
    expect(amount(limit, 5_000_000_000)).toBe("$5");
    expect(amount(limit, 1)).toBe("$0.000000001");
    expect(amount({ ...limit, by: "count" }, 1200)).toBe("1,200");
  });

  it("what was read says whether it was there, absent or withheld", () => {
    const decision = {
      inputs: [
        { field: "metadata.plan", value: null },
        { field: "headers.x", absent: true },
        { field: "body.text", withheld: true },
      ],
    };
    expect(readInputs(decision)).toEqual([
      { field: "metadata.plan", state: "value", value: null },
      { field: "headers.x", state: "absent" },
      { field: "body.text", state: "withheld" },
    ]);
    expect(readInputs(null)).toEqual([]);
  });

  it("an element's fields are those of its conditions, however deep, and its key", () => {
    const conditions = { $or: [{ "metadata.a": 1 }, { $nor: [{ "body.x[0]": { $in: ["metadata.no"] } }] }] };
    expect(fieldsOf({ conditions, key: "headers.user" })).toEqual([
      "metadata.a",
      "body.x[0]",
      "headers.user",
    ]);
    expect(fieldsOf({ key: "" })).toEqual([]);
  });
});

describe("the waterfall", () => {
  const times = { gateway_us: 200, route_us: 20, upstream_us: 4000 };

  it("has the gateway, every attempt, and the answer on its way", () => {
    const { bars, end } = waterfall(readWalk(path), times, 10, true);
    expect(bars.map((it) => [it.kind, it.from, it.to])).toEqual([
      ["gateway", 0, 150],
      ["failed", 150, 1150],
      ["wait", 1200, 3200],
      ["read", 3200, 4200],
      ["stream", 4200, 10_000],
    ]);
    expect(end).toBe(10_000);
  });

  it("of a refusal there is the gateway only", () => {
    const { bars } = waterfall([], { gateway_us: 90, route_us: 0, upstream_us: 0 }, 0, false);
    expect(bars.map((it) => [it.kind, it.from, it.to])).toEqual([["gateway", 0, 90]]);
  });

  it("no bar ends after the axis", () => {
    const time = fc.option(fc.nat(10_000), { nil: undefined });
    const attempt = fc.record({
      at_us: time,
      us: time,
      first_byte_us: time,
      cause: fc.constantFrom(null, "timeout"),
    });
    fc.assert(
      fc.property(fc.array(attempt), fc.nat(20), (attempts, total) => {
        const steps = readWalk([{ element: "m", type: "model", outcome: "success", attempts }]);
        const { bars, end } = waterfall(steps, times, total, false);
        for (const it of bars) expect(it.from <= it.to && it.to <= end && it.from >= 0).toBe(true);
      }),
    );
  });

  it("ticks are few and round", () => {
    expect(ticks(10_000)).toEqual([0, 5000]);
    expect(ticks(1_601_000)).toEqual([0, 500_000, 1_000_000]);
    expect([us(12), us(1500), us(34_560), us(2_500_000)]).toEqual(["12 µs", "1.5 ms", "34.6 ms", "2.5 s"]);
  });
});

describe("a stream", () => {
  const sse = (...all: unknown[]) => all.map((it) => `data: ${JSON.stringify(it)}\n\n`).join("");

  it("of each format is joined to its text", () => {
    const chat = sse(
      { choices: [{ delta: { content: "Hel" } }] },
      { choices: [{ delta: { content: "lo" } }] },
    );
    expect(join(`${chat}data: [DONE]\n\n`)).toMatchObject({ text: "Hello", events: 3 });
    const messages = sse(
      { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "hm" } },
      { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "Hi" } },
    );
    expect(join(messages)).toMatchObject({ text: "Hi", reasoning: "hm" });
    expect(join(sse({ type: "response.output_text.delta", delta: "Yo" })).text).toBe("Yo");
    expect(join(sse({ candidates: [{ content: { parts: [{ text: "Ge" }] } }] })).text).toBe("Ge");
  });

  it("shows tools called and the error that broke it", () => {
    const part = (fn: object) => ({ choices: [{ delta: { tool_calls: [{ index: 0, function: fn }] } }] });
    const calls = sse(part({ name: "find", arguments: '{"a"' }), part({ arguments: ":1}" }));
    expect(join(calls).calls).toEqual(['find {"a":1}']);
    expect(join(sse({ error: { message: "cut" } })).error).toBe("cut");
  });

  it("events end with empty lines, whatever their line ends, and the last one without", () => {
    expect(events("data: a\r\n\r\n: comment\ndata:b\ndata: c\n\ndata: d")).toEqual(["a", "b\nc", "d"]);
  });
});

describe("pretty JSON", () => {
  it("means the same, and keeps numbers as they were written", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.parse(pretty(text))).toEqual(JSON.parse(text));
      }),
    );
    expect(pretty('{"id":12345678901234567890,"a":[],"b":{"c":1.0}}')).toBe(
      '{\n  "id": 12345678901234567890,\n  "a": [],\n  "b": {\n    "c": 1.0\n  }\n}',
    );
  });

  it("what is none stays as it is", () => {
    expect(pretty('{"cut": "of')).toBe('{"cut": "of');
  });
});

it("classes of tokens add up to all of them", () => {
  const usage = {
    input_tokens: 100,
    output_tokens: 50,
    cache_read_tokens: 30,
    cache_write_tokens: 20,
    cache_write_1h_tokens: 5,
    audio_input_tokens: 0,
    image_input_tokens: 7,
    reasoning_tokens: 40,
    audio_output_tokens: 0,
    image_output_tokens: 0,
  };
  const all = classes(usage, { input: 1, cache_read: 2, cache_write: 3, output: 4 });
  const whole = all.filter((it) => !it.part);
  expect(whole.reduce((sum, it) => sum + it.tokens, 0)).toBe(150);
  expect(whole.map((it) => it.cost)).toEqual([1, 2, 3, 4]);
  expect(all.filter((it) => it.part).map((it) => it.key)).toEqual(["image_in", "hour", "reasoning"]);
});

describe("metadata that is edited", () => {
  it("comes back with its types when nothing was changed", () => {
    const flat = fc.dictionary(
      fc.stringMatching(/^[a-z]{1,8}$/),
      fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.constantFrom("7", "true", "")),
      { maxKeys: 5 },
    );
    fc.assert(
      fc.property(flat, (it) => {
        expect(read(rows(it))).toEqual(Object.keys(it).length === 0 ? null : { ...it });
      }),
    );
  });

  it("a name is needed, and is there once", () => {
    expect(read([{ key: "", value: "x", text: true }])).toContain("no name");
    expect(
      read([
        { key: "a", value: "x", text: true },
        { key: "a ", value: "y", text: true },
      ]),
    ).toContain("twice");
    expect(read([{ key: "", value: "", text: true }])).toBeNull();
  });

  it("a score is a whole number from 0 to 100, or none", () => {
    expect(["", "0", "100", "101", "1.5", "x"].map(scoreOf)).toEqual([
      null,
      0,
      100,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
