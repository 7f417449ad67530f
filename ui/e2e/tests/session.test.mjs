import assert from "node:assert/strict";
import { test } from "node:test";
import { assertNoFaults, openPage } from "../lib/browser.mjs";
import { ADMIN } from "../lib/server.mjs";
import { stage } from "../lib/stage.mjs";

const on = stage();

test("log in, see the sample route, log out", async () => {
  const page = await on.open();
  await page.waitForURL("**/g/default/routes");
  await page.getByRole("table", { name: "Routes" }).getByText("hello").waitFor();

  const [cookie] = await page.context().cookies();
  assert.equal(cookie.name, "pointsman_session");
  assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, "Strict", "/"]);
  const kept = await page.evaluate(() => JSON.stringify([document.cookie, localStorage, sessionStorage]));
  assert.ok(!`${kept}${cookie.value}`.includes(ADMIN), "the token is kept nowhere in the browser");

  await page.reload();
  await page.getByRole("table", { name: "Routes" }).getByText("hello").waitFor();

  await page.getByRole("button", { name: "admin" }).click();
  await page.getByRole("menuitem", { name: "Log out" }).click();
  await page.getByLabel("Token").waitFor();
  assert.deepEqual(await page.context().cookies(), []);
  await page.goto("/g/default/routes");
  await page.getByLabel("Token").waitFor();
  assertNoFaults(page);
});

test("a wrong token is refused beside its field", async () => {
  const page = await openPage(on.browser, on.server);
  await page.goto("/");
  await page.getByLabel("Token").fill("pmn_nobody");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByText("this is not a token of this server, or it was revoked").waitFor();
  assert.deepEqual(await page.context().cookies(), []);
  assertNoFaults(page);
});

test("a fault in a page is noticed", async () => {
  const page = await openPage(on.browser, on.server);
  await page.goto("/");
  await page.getByLabel("Token").waitFor();
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.wasRun = true";
    document.head.append(script);
  });
  await page.waitForFunction(() => document.head.querySelectorAll("script").length > 1);
  assert.equal(await page.evaluate(() => window.wasRun), undefined, "the policy forbids it");
  assert.ok(
    page.faults.some((it) => it.includes("Content Security Policy")),
    page.faults.join("\n"),
  );
});
