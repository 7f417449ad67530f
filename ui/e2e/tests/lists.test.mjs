import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertNoFaults, logIn, openBrowser, openPage } from "../lib/browser.mjs";
import { makeRoute, openEditor } from "../lib/editor.mjs";
import { startServer } from "../lib/server.mjs";

let server;
let browser;
let id;
before(async () => {
  server = await startServer();
  browser = await openBrowser();
  id = await makeRoute(server, "lists");
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Opens the form of the model, in a window that is low: the Problems take much of the side panel. */
async function openForm(size) {
  const page = await openPage(browser, server, size);
  await logIn(page);
  const editor = await openEditor(page, id);
  await editor.pick("model");
  const form = page.getByRole("region", { name: "Element model" });
  await form.waitFor();
  return { page, form };
}

/** Whether each corner of it is what one sees, and touches, there. */
const isSeen = (list) =>
  list.evaluate((it) => {
    const { left, top, right, bottom } = it.getBoundingClientRect();
    const corners = [
      [left + 3, top + 3],
      [right - 3, top + 3],
      [left + 3, bottom - 3],
      [right - 3, bottom - 3],
    ];
    return bottom - top > 100 && corners.every(([x, y]) => it.contains(document.elementFromPoint(x, y)));
  });

for (const size of [
  { width: 1280, height: 640 },
  { width: 390, height: 844 },
]) {
  test(`suggestions are seen entirely in a window of ${size.width} × ${size.height}`, async () => {
    const { page, form } = await openForm(size);
    for (const label of ["Provider", "Model"]) {
      await form.getByLabel("Provider").fill(label === "Model" ? "openai" : "");
      await form.getByLabel(label, { exact: true }).fill("");
      const list = form.getByRole("listbox");
      await list.waitFor();
      assert.ok(await isSeen(list), label);
      await page.keyboard.press("Escape");
    }
    assertNoFaults(page);
  });
}

test("the lists of A and G are closed by their button, by touch and by keys, and the focus is where it was", async () => {
  const { page } = await openForm({ width: 1280, height: 640 });
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
  const before = await focused();
  assert.match(before ?? "", /^Model model/);
  for (const key of ["a", "g"]) {
    for (const close of ["button", "keys", "Escape"]) {
      await page.keyboard.press(key);
      const dialog = page.getByRole("dialog");
      await dialog.waitFor();
      if (close === "button") await dialog.getByRole("button", { name: "Close" }).click();
      else if (close === "Escape") await page.keyboard.press("Escape");
      else {
        await page.keyboard.press("Tab");
        await page.keyboard.press("Enter");
      }
      await dialog.waitFor({ state: "hidden" });
      assert.equal(await focused(), before, `${key}, ${close}`);
    }
  }
  assertNoFaults(page);
});
