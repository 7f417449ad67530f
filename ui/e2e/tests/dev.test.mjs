import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createServer } from "vite";
import { logIn, openBrowser, openPage } from "../lib/browser.mjs";
import { startServer } from "../lib/server.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
let server;
let dev;
let browser;
before(async () => {
  server = await startServer();
  process.env.POINTSMAN_URL = server.url;
  dev = await createServer({ root, logLevel: "error", server: { host: "127.0.0.1", port: 0 } });
  await dev.listen();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await dev?.close();
  await server?.stop();
});

test("through the development server one logs in to a running server that knows nothing of it, and out", async () => {
  const url = `http://127.0.0.1:${dev.httpServer.address().port}`;
  const page = await openPage(browser, { url });
  // Nothing is bundled: every module is compiled when it is asked for the first time.
  page.context().setDefaultTimeout(60_000);
  await logIn(page);
  await page.getByRole("table", { name: "Routes" }).getByText("hello").waitFor();
  await page.getByRole("button", { name: "admin" }).click();
  await page.getByRole("menuitem", { name: "Log out" }).click();
  await page.getByLabel("Token").waitFor();
});

test("what another site sends through it is refused", async () => {
  const { status } = await fetch(`http://127.0.0.1:${dev.httpServer.address().port}/session`, {
    method: "POST",
    headers: { origin: "http://elsewhere.example", "content-type": "application/json" },
    body: "{}",
  });
  assert.equal(status, 403);
});
