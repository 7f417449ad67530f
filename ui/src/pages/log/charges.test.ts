import { expect, it } from "vitest";
import { byStep, type Charge, chargeWords, columns, tokens } from "./charges";
import { readWalk } from "./walk";
import { waterfall } from "./waterfall";

const none = {
  input_tokens: 0,
  output_tokens: 0,
  total_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  cache_write_1h_tokens: 0,
  audio_input_tokens: 0,
  image_input_tokens: 0,
  reasoning_tokens: 0,
  audio_output_tokens: 0,
  image_output_tokens: 0,
};
const charge = (step: number, usage: Partial<Charge["usage"]>, cost: number | null): Charge => ({
  step,
  provider: "p",
  model: "m",
  usage: { ...none, ...usage },
  cost,
});
const attempt = (at_us: number, cause: string | null) => ({
  provider: "p",
  model: "m",
  cause,
  at_us,
  us: 100,
});
const steps = readWalk([
  { element: "in", type: "start", outcome: "next" },
  { element: "first", type: "model", outcome: "fallback", attempts: [] },
  {
    element: "second",
    type: "model",
    outcome: "fallback",
    attempts: [attempt(10, "timeout"), attempt(200, "status")],
  },
  { element: "third", type: "model", outcome: "success", attempts: [attempt(400, null)] },
]);
const failed = charge(1, { input_tokens: 1200, cache_read_tokens: 200 }, 0.0012);
const answered = charge(
  2,
  { input_tokens: 1200, output_tokens: 350, reasoning_tokens: 50, cache_write_1h_tokens: 0 },
  null,
);

it("charges are counted among the elements that call, also those that were not tried", () => {
  expect(byStep(steps, [failed, answered])).toEqual([undefined, undefined, failed, answered]);
  expect(byStep(steps, [])).toEqual([undefined, undefined, undefined, undefined]);
});

it("a charge is told by class, and what is a part of a class behind it", () => {
  expect(chargeWords(failed)).toBe("$0.0012 charged: 1,000 input, 200 cache read, 0 output tokens");
  expect(chargeWords(answered)).toBe("charge not known: 1,200 input, 350 output (of it 50 reasoning) tokens");
});

it("a table has the classes that any of them has tokens of", () => {
  expect(columns([failed, answered]).map(({ name }) => name)).toEqual(["Input", "Cache read", "Output"]);
  expect([failed, answered].map((it) => tokens(it, "read"))).toEqual([200, 0]);
});

it("in the waterfall it stands at the last attempt of its element", () => {
  const times = { gateway_us: 10, route_us: 0, upstream_us: 400 };
  const { bars } = waterfall(steps, times, 1, false, byStep(steps, [failed, answered]));
  expect(bars.map((it) => it.charge)).toEqual([
    undefined,
    undefined,
    "$0.0012 charged",
    "charge not known",
    undefined,
  ]);
});
