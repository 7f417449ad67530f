import assert from "node:assert/strict";
import { test } from "node:test";
import { assertNoFaults } from "../lib/browser.mjs";
import { stage } from "../lib/stage.mjs";

const on = stage();

test("what the server refuses of a new route is said at its field, and nothing typed is lost", async () => {
  const page = await on.open();
  await page.getByRole("button", { name: "New route" }).click();
  await page.getByLabel("Name", { exact: true }).fill("refused");
  await page.getByLabel("Model", { exact: true }).fill("nobody/gpt-5");
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "Create and deploy" }).click();
  await page.getByText(/has no provider/).waitFor();
  assert.equal(await page.getByLabel("Model", { exact: true }).inputValue(), "nobody/gpt-5");
  assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "refused");
  await page.context().close();
});

test("the small map shows every element whole", async () => {
  const lead = (elementId) => ({ elementId });
  const model = (id, next) => ({
    id,
    type: "model",
    properties: { provider: "echo", model: "echo" },
    outputs: { success: lead("end"), fallback: lead(next) },
  });
  const many = Array.from({ length: 9 }, (_, at) => model(`m${at}`, at === 8 ? "end" : `m${at + 1}`));
  const elements = [
    { id: "start", type: "start", outputs: { next: lead("m0") } },
    ...many,
    { id: "end", type: "end" },
  ];
  await on.server.api("POST", "/ai-gateway/gateways/default/routes", { name: "long", elements });
  const page = await on.open();
  await page.getByRole("link", { name: "long" }).click();
  const map = page.getByRole("img", { name: "Map of the route" });
  await map.locator(".map-node").nth(10).waitFor();
  const boxes = () =>
    map.evaluate((it) => {
      const { left, top, right, bottom } = it.closest(".react-flow__minimap").getBoundingClientRect();
      const within = (one) =>
        one.left >= left && one.top >= top && one.right <= right && one.bottom <= bottom;
      return [...it.querySelectorAll(".map-node")].map((node) => within(node.getBoundingClientRect()));
    });
  assert.deepEqual(await boxes(), Array(11).fill(true));
  assertNoFaults(page);
  await page.context().close();
});

test("a read token sees routes and no button that makes one", async () => {
  const { value } = await on.server.api("POST", "/tokens", {
    name: "reader",
    permissions: ["AI Gateway Read"],
  });
  const page = await on.open({ token: value });
  await page.getByRole("table", { name: "Routes" }).getByText("hello").waitFor();
  assert.equal(await page.getByRole("button", { name: "New route" }).count(), 0);
  await page.getByRole("link", { name: "hello" }).click();
  await page.getByText("Live: version 1").waitFor();
  await page.getByRole("tab", { name: "Versions" }).click();
  await page.getByText("Version 1").first().waitFor();
  assert.equal(await page.getByRole("button", { name: /Ship|Deploy|Roll back/ }).count(), 0);
  assertNoFaults(page);
  await page.context().close();
});
