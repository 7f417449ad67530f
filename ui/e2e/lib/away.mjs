// A tab whose saves of drafts do not reach the server, and what was typed in it meanwhile.
import assert from "node:assert/strict";
import { openEditor } from "./editor.mjs";

/** What Chromium logs of it. */
export const CUT_OFF = /net::ERR_FAILED/;

/** The saves of a tab do not come through, until they are let. */
export async function cutOff(tab) {
  await tab.route("**/draft", (it) => (it.request().method() === "PUT" ? it.abort() : it.fallback()));
}

export async function letThrough(tab) {
  await tab.unroute("**/draft");
  await tab.evaluate(() => window.dispatchEvent(new Event("online")));
}

/** The tab has said so. */
export const offline = (tab) => tab.getByText("Offline: kept in this browser").waitFor();

/** Types into a field of an element's form. */
export async function set(editor, id, label, value) {
  await editor.pick(id);
  await editor.form(id).getByLabel(label, { exact: true }).fill(value);
}

/** Opens a route and types one change that cannot be saved: `[element, field, value]`. `restored` fails when it is not there any more. */
export async function openUnsaved(page, id, [element, label, value]) {
  const editor = await openEditor(page, id);
  await cutOff(page);
  await set(editor, element, label, value);
  await offline(page);
  const restored = async () => {
    await editor.pick(element);
    assert.equal(await editor.form(element).getByLabel(label, { exact: true }).inputValue(), value);
  };
  return { editor, restored };
}
