import assert from "node:assert/strict";
import { test } from "node:test";
import { assertNoFaults } from "../lib/browser.mjs";
import { ask } from "../lib/scene.mjs";
import { stage } from "../lib/stage.mjs";

const to = (elementId) => ({ elementId });
/** Two requests an hour for each user. */
const ROUTE = [
  { id: "start", type: "start", outputs: { next: to("quota") } },
  {
    id: "quota",
    type: "rate",
    properties: { key: "metadata.user", limit: 2, limitType: "count", window: 3600 },
    outputs: { success: to("model") },
  },
  {
    id: "model",
    type: "model",
    properties: { provider: "echo", model: "echo", timeout: 10_000, retries: 0 },
    outputs: { success: to("end") },
  },
  { id: "end", type: "end", outputs: {} },
];

const on = stage({
  prepare: async () => {
    await on.server.api("POST", "/ai-gateway/gateways/default/routes", { name: "support", elements: ROUTE });
  },
});

const status = async (user) => (await ask(on.server, "support", { metadata: { user } })).reply.status;

test("whoever is at the limit is given room again, by keyboard alone", async () => {
  for (const expected of [200, 200, 429]) assert.equal(await status("ana"), expected);
  const page = await on.open();
  await page.goto("/g/default/limits");
  await page.getByText("2 of 2").waitFor();
  await page.getByRole("button", { name: "Reset user ana at support / quota" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("forgotten at once, and nothing brings it back").waitFor();
  await page.getByRole("button", { name: "Reset it" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("user ana begins anew: 2 forgotten").waitFor();
  await page.getByText("No limit is in use").waitFor();
  assert.equal(await status("ana"), 200);
  assertNoFaults(page);
});

test("a read token sees who is near the limit and resets nothing", async () => {
  assert.equal(await status("ben"), 200);
  const made = await on.server.api("POST", "/tokens", { name: "reader", permissions: ["AI Gateway Read"] });
  const page = await on.open({ token: made.value });
  await page.goto("/g/default/limits");
  await page.getByText("1 of 2").first().waitFor();
  assert.equal(await page.getByRole("button", { name: /^Reset/ }).count(), 0);
  assertNoFaults(page);
});
