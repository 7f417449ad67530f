// Drafts are never lost: two tabs, a reload, leaving, what the editor does not know, undo, the clipboard.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CUT_OFF, cutOff, letThrough, offline, openUnsaved, set } from "../lib/away.mjs";
import { assertNoFaults, newTab } from "../lib/browser.mjs";
import { assertDraft, draftOf, editorOf, makeRoute, openEditor } from "../lib/editor.mjs";
import { SOUND } from "../lib/sound.mjs";
import { stage } from "../lib/stage.mjs";

const SIZE = { width: 1600, height: 1000 };
/** What Chromium logs of a save that is refused for good reason, or that does not reach the server. */
const MEANT = new RegExp(`status of 412|${CUT_OFF.source}`);

let page;
let other;
const on = stage({
  prepare: async () => {
    page = await on.open({ ...SIZE, meant: MEANT });
    other = await newTab(page.context(), on.server, MEANT);
  },
});

let made = 0;
const make = (elements = SOUND) => {
  made += 1;
  return makeRoute(on.server, `draft-${made}`, elements);
};

/** The sound route with properties of some of its elements set. */
const sound = (changes) =>
  SOUND.map((it) => (changes[it.id] ? { ...it, properties: { ...it.properties, ...changes[it.id] } } : it));

const merging = (tab) => tab.getByRole("dialog", { name: "The draft was changed elsewhere" });

/** Both tabs have the route open; this one has saved its changes, the other one has not, and meets them. */
async function clash(mine, theirs) {
  const id = await make();
  const [here, there] = [await openEditor(page, id), await openEditor(other, id)];
  await cutOff(other);
  for (const it of theirs) await set(there, ...it);
  await offline(other);
  for (const it of mine) await set(here, ...it);
  await here.settled();
  await letThrough(other);
  await merging(other).waitFor();
  return { id, here, there };
}

test("two tabs change different elements: both changes go together", async () => {
  const { id, there } = await clash(
    [["large", "Timeout (ms)", "9000"]],
    [["small", "Retries (0 to 5)", "2"]],
  );
  const dialog = merging(other);
  await dialog.getByText("The changes do not touch each other: they go together as they are.").waitFor();
  await dialog.getByRole("button", { name: "Save the outcome" }).click();
  await there.settled();
  await assertDraft(on.server, id, sound({ large: { timeout: 9000 }, small: { retries: 2 } }));
  assertNoFaults(other);
});

for (const [side, model] of [
  ["Mine", "echo-slow"],
  ["Theirs", "echo-fail"],
]) {
  test(`two tabs change one element: ${side.toLowerCase()} is taken of what both changed, and both of all else`, async () => {
    const { id, there } = await clash(
      [
        ["large", "Model", "echo-fail"],
        ["spare", "Timeout (ms)", "7000"],
      ],
      [
        ["large", "Model", "echo-slow"],
        ["small", "Timeout (ms)", "5000"],
      ],
    );
    const dialog = merging(other);
    const save = dialog.getByRole("button", { name: "Save the outcome" });
    assert.equal(await save.isDisabled(), true, "until it is chosen");
    await dialog
      .getByRole("group", { name: "Both changed large" })
      .getByRole("radio", { name: side })
      .check();
    await save.click();
    await there.settled();
    const expected = { large: { model }, spare: { timeout: 7000 }, small: { timeout: 5000 } };
    await assertDraft(on.server, id, sound(expected));
    assertNoFaults(other);
  });
}

test("who decides later, and loads the page anew, is asked again; dropped changes come back by undo", async () => {
  const { id, there } = await clash([["large", "Timeout (ms)", "9000"]], [["small", "Timeout (ms)", "5000"]]);
  await merging(other).getByRole("button", { name: "Decide later" }).click();
  await other.getByText("Editing waits until it is settled.").waitFor();
  await assertDraft(on.server, id, sound({ large: { timeout: 9000 } }));
  other.once("dialog", (it) => it.accept());
  await other.reload();
  await merging(other).getByRole("button", { name: "Drop my changes" }).click();
  await there.settled();
  await assertDraft(on.server, id, sound({ large: { timeout: 9000 } }));
  await there.bar.getByRole("button", { name: "Undo" }).click();
  await there.pick("small");
  await there.settled();
  const timeout = there.form("small").getByLabel("Timeout (ms)", { exact: true });
  assert.equal(await timeout.inputValue(), "5000");
  await assertDraft(on.server, id, sound({ small: { timeout: 5000 } }));
  assertNoFaults(other);
});

test("a reload warns of unsaved work, and restores it", async () => {
  const id = await make();
  const { editor, restored } = await openUnsaved(page, id, ["large", "Timeout (ms)", "9000"]);
  const asked = [];
  page.once("dialog", (it) => {
    asked.push(it.type());
    return it.accept();
  });
  await page.reload();
  assert.deepEqual(asked, ["beforeunload"]);
  await restored();
  await assertDraft(on.server, id, SOUND);
  await letThrough(page);
  await editor.settled();
  await assertDraft(on.server, id, sound({ large: { timeout: 9000 } }));
  assertNoFaults(page);
});

test("leaving for another page warns of unsaved work; who leaves all the same finds it when they come back", async () => {
  const id = await make();
  const { editor, restored } = await openUnsaved(page, id, ["large", "Timeout (ms)", "9000"]);
  const asked = [];
  const answer = (way) =>
    page.once("dialog", (it) => {
      asked.push(it.message());
      return it[way]();
    });
  const logs = page.getByRole("link", { name: "Logs", exact: true });
  answer("dismiss");
  await logs.click();
  await editor.node("large").waitFor();
  answer("accept");
  await logs.click();
  await page.getByRole("heading", { level: 1, name: "Logs" }).waitFor();
  assert.equal(asked.length, 2);
  assert.match(asked[0], /^The draft is not saved yet\. Leave/);

  await page.goBack();
  await restored();
  await letThrough(page);
  await editor.settled();
  await assertDraft(on.server, id, sound({ large: { timeout: 9000 } }));
  assertNoFaults(page);
});

test("leaving with everything saved asks nothing, and what was typed last is saved on the way", async () => {
  const id = await make();
  const editor = await openEditor(page, id);
  await set(editor, "large", "Timeout (ms)", "9000");
  await page.getByRole("link", { name: "Logs", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Logs" }).waitFor();
  await assertDraft(on.server, id, sound({ large: { timeout: 9000 } }));
  assertNoFaults(page);
});

test("what the editor does not know survives edits of forms, of the canvas, and of the JSON beside it", async () => {
  const noted = SOUND.map((it, i) => ({
    ...it,
    position: { x: 300 * (i % 4), y: 220 * Math.floor(i / 4), z: i },
    note: { by: "ana", n: i },
    properties: { ...it.properties, "x-own": [i, { deep: null }] },
    outputs: Object.fromEntries(
      Object.entries(it.outputs).map(([name, to]) => [
        name,
        { ...to, weight: 0.5, label: `${it.id}.${name}` },
      ]),
    ),
  }));
  const id = await make(noted);
  const editor = await openEditor(page, id);
  await set(editor, "large", "Timeout (ms)", "9000");
  await set(editor, "plan", "Field", "metadata.tier");
  await set(editor, "split", "Share 1, in percent", "70");
  await editor.form("split").getByRole("button", { name: "Make it 100" }).click();
  await editor.form("split").getByLabel("Sticky by", { exact: true }).fill("metadata.user");
  await set(editor, "budget", "Id", "allowance");
  await page.keyboard.press("Tab");
  await editor.form("allowance").getByLabel("fallback", { exact: true }).selectOption("large");
  const spare = await editor.seen("spare");
  await spare.dragTo(editor.canvas.locator(".react-flow__pane"), { targetPosition: { x: 500, y: 620 } });
  await editor.settled();

  const now = new Map((await draftOf(on.server, id)).map((it) => [it.id, it]));
  for (const was of noted) {
    const is = now.get(was.id === "budget" ? "allowance" : was.id);
    assert.deepEqual(is.note, was.note, was.id);
    assert.deepEqual(is.properties["x-own"], was.properties["x-own"], was.id);
    assert.equal(is.position.z, was.position.z, was.id);
    const labels = (it) => Object.values(it.outputs).map(({ weight, label }) => [weight, label]);
    assert.deepEqual(labels(is), labels(was), was.id);
  }
  assert.equal(now.get("large").properties.timeout, 9000);
  assert.deepEqual(now.get("plan").properties.conditions, { "metadata.tier": { $eq: "paid" } });
  assert.equal(now.get("plan").outputs.false.elementId, "allowance");
  assert.equal(now.get("allowance").outputs.fallback.elementId, "large");
  assert.notDeepEqual(now.get("spare").position, noted.find((it) => it.id === "spare").position);

  const undo = editor.bar.getByRole("button", { name: "Undo" });
  for (let i = 0; i < 30 && (await undo.getAttribute("aria-disabled")) !== "true"; i += 1) await undo.click();
  await editor.settled();
  assert.deepEqual(await draftOf(on.server, id), noted, "undone to the letter");
  assertNoFaults(page);
});

test("several elements are deleted together, brought back, copied, and pasted into another route", async () => {
  const [id, target] = [await make(), await make()];
  const editor = await openEditor(page, id);
  await editor.pick("small");
  await editor.pick("spare", { modifiers: ["Control"] });
  await page.getByRole("heading", { name: "2 elements" }).waitFor();
  await editor.node("small").focus();
  await page.keyboard.press("Control+c");
  await page.keyboard.press("Delete");
  await editor.node("small").waitFor({ state: "detached" });
  await editor.settled();
  const left = await draftOf(on.server, id);
  assert.deepEqual(left.map((it) => it.id).sort(), ["budget", "end", "large", "plan", "split", "start"]);
  assert.equal(JSON.stringify(left).includes('"small"'), false, "nothing leads to what is gone");

  await page.keyboard.press("Control+z");
  await editor.settled();
  await assertDraft(on.server, id, SOUND);
  await page.keyboard.press("Control+Shift+z");
  await editor.node("small").waitFor({ state: "detached" });
  await editor.settled();

  const second = await openEditor(page, target);
  await second.node("start").focus();
  await page.keyboard.press("Control+v");
  await second.node("small-2").waitFor();
  await second.settled();
  const pasted = new Map((await draftOf(on.server, target)).map((it) => [it.id, it]));
  assert.equal(pasted.size, SOUND.length + 2);
  assert.equal(pasted.get("small-2").outputs.fallback.elementId, "spare-2", "ways within the part follow it");
  assert.equal(pasted.get("small-2").outputs.success.elementId, "end", "ways to what is there stay");
  assert.equal(await editorOf(page).canvas.locator(".node-selected").count(), 2);
  assertNoFaults(page);
});
