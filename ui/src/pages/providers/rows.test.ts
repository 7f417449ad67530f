import { expect, it } from "vitest";
import type { Offered } from "./queries";
import { rows } from "./rows";

const offered = (provider: string, server_key: boolean): Offered => ({
  provider,
  custom: false,
  formats: ["chat"],
  not_in_routes: null,
  stored_keys: 0,
  server_key,
  ready: server_key,
});

it("a provider that only the server has a key for is told so, and stands before those without any", () => {
  const all = rows([], [], [offered("mistral", true), offered("openai", false)]);
  expect(all[0]).toMatchObject({ slug: "mistral", server: true, keys: 0 });
  expect(all.filter((it) => it.server)).toHaveLength(1);
});
