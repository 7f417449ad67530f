import { expect, it } from "vitest";
import { callable, joined, type keyNote, model } from "./catalogue";
import { modelNote, modelWords, tokens } from "./inspector/models";

type Offered = Parameters<typeof keyNote>[0];

const offered = (provider: string, more: Partial<Offered> = {}): Offered => ({
  provider,
  custom: false,
  formats: ["chat"],
  not_in_routes: null,
  stored_keys: 0,
  server_key: false,
  ready: false,
  ...more,
});

it("providers that are ready come first, and those that no route can call are not suggested", () => {
  const all = [
    offered("anthropic"),
    offered("deepgram", { not_in_routes: "it speaks no format" }),
    offered("openai", { stored_keys: 2, ready: true }),
    offered("echo", { ready: true }),
    offered("groq", { server_key: true, ready: true }),
  ];
  expect(callable(all)).toEqual([
    { slug: "echo", note: "needs no key" },
    { slug: "groq", note: "key of the server" },
    { slug: "openai", note: "2 keys here" },
    { slug: "anthropic", note: "no key yet" },
  ]);
});

it("a model has prices for a million tokens, as far as they are known", () => {
  const listed = {
    provider: "openai",
    model: "gpt-5",
    price: null,
    long: null,
    price_version: "v",
    is_override: false,
    context: 400_000,
    max_output_tokens: null,
    mode: null,
    can: [],
    cannot: [],
  };
  expect(model(listed)).toEqual({
    provider: "openai",
    model: "gpt-5",
    input: undefined,
    output: undefined,
    context: 400_000,
    embeds: false,
  });
});

it("what is known of a model is kept when it was called too", () => {
  const called = { provider: "a", model: "m", input: undefined, output: undefined };
  const listed = { ...called, input: 1, output: 2, context: 8000 };
  expect(joined([called, { ...called, model: "b" }], [listed])).toEqual([{ ...called, model: "b" }, listed]);
});

it("price and context are told in a few signs, and only what is known", () => {
  const none = { provider: "a", model: "m", input: undefined, output: undefined };
  expect([modelWords(none), modelNote(none)]).toEqual([undefined, undefined]);
  expect(modelNote({ ...none, context: 1_048_576, embeds: true })).toBe("embeddings · 1M");
  expect(modelWords({ ...none, input: 0, output: 0 })).toBe("$0 in, $0 out for a million tokens.");
  expect([500, 8192, 128_000, 1_500_000].map(tokens)).toEqual(["500", "8k", "128k", "1.5M"]);
});
