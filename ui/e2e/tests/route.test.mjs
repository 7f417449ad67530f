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
