// Debian's Chromium, and pages that notice what should never happen.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";
import { ADMIN } from "./server.mjs";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** One browser for a file of tests; it closes with `close()`. */
export const openBrowser = () => chromium.launch({ executablePath, args: QUIET });

/**
 * A window of its own: no cookies, this theme (`light` or `dark`) and size. `page.faults` gathers what went wrong in it, but for
 * errors in the console that are `meant`: a test that has the server refuse, or be away, names them.
 */
export async function openPage(browser, server, { theme = "light", width = 1280, height = 800, meant } = {}) {
  const context = await browser.newContext({
    baseURL: server.url,
    colorScheme: theme,
    reducedMotion: "reduce",
    viewport: { width, height },
  });
  context.setDefaultTimeout(15_000);
  return newTab(context, server, meant);
}

/** One more tab of a window. */
export async function newTab(context, server, meant) {
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(`an exception: ${error.message}`));
  page.on("console", (it) => {
    if (it.type() === "error" && !isKnown(it) && !meant?.test(it.text()))
      page.faults.push(`${it.text()} (${it.location().url})`);
  });
  page.on("request", (it) => {
    if (!it.url().startsWith(`${server.url}/`)) page.faults.push(`a request to elsewhere: ${it.url()}`);
  });
  return page;
}

/** Whether somebody is logged in, and whether a route has a draft, is asked; Chromium counts the answer that it is not so as an error. */
function isKnown(message) {
  const answers = { session: "401", draft: "404" };
  const asked = message.location().url.split("/").at(-1);
  return Object.hasOwn(answers, asked) && message.text().includes(answers[asked]);
}

/** Fails when the page has thrown, broken the content security policy, logged an error or asked another server. */
export function assertNoFaults(page) {
  assert.deepEqual(page.faults, []);
}

/** Logs in as a person does. */
export async function logIn(page, token = ADMIN) {
  await page.goto("/");
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("navigation", { name: "Main" }).waitFor();
}
