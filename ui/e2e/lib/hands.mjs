// Two ways to do the same steps in the editor: with a mouse, and with nothing but a keyboard.
import assert from "node:assert/strict";
import { editorOf } from "./editor.mjs";

/**
 * A step: `add` an element of a kind behind an output, with an id and what is done in its form; or `lead` an output to an element
 * that is there. What is done in a form: `[label, value]` fills or chooses, `[label]` presses a button.
 */
export const add = (kind, id, { behind, form = [] } = {}) => ({ add: kind, id, behind, form });
export const lead = (from, output, to) => ({ lead: to, behind: [from, output] });

/** Does the steps with a mouse: drags from the palette, draws from handle to handle, clicks into fields. */
export async function byMouse(page, steps) {
  const editor = editorOf(page);
  // An empty canvas shows little room at its natural size.
  for (let i = 0; i < 3; i += 1) await editor.canvas.getByRole("button", { name: "Zoom Out" }).click();
  let added = 0;
  for (const step of steps) {
    if (step.add !== undefined) {
      await dragIn(editor, step, added);
      added += 1;
      await fillByMouse(page, editor, step);
    }
    if (step.behind !== undefined) await draw(editor, step.behind, step.lead ?? step.id);
  }
}

/** Places four in a row, row below row: nothing covers a handle that is drawn from or to. */
async function dragIn(editor, { add: kind }, at) {
  const item = editor.palette.getByRole("button", { name: kind, exact: true });
  const targetPosition = { x: 110 + 190 * (at % 4), y: 110 + 190 * Math.floor(at / 4) };
  await item.dragTo(editor.canvas.locator(".react-flow__pane"), { targetPosition });
}

async function fillByMouse(page, editor, { id, form }) {
  // The new element is selected; its form says its first id.
  const region = page.getByRole("region", { name: /^Element / });
  const own = region.getByLabel("Id", { exact: true });
  if ((await own.inputValue()) !== id) {
    await own.click();
    await own.fill(id);
    await page.keyboard.press("Tab");
  }
  const open = editor.form(id);
  await open.waitFor();
  for (const [label, value] of form) {
    if (value === undefined) await open.getByRole("button", { name: label, exact: true }).click();
    else await fill(open.getByLabel(label, { exact: true }), value);
  }
}

async function fill(field, value) {
  if ((await field.evaluate((it) => it.tagName)) === "SELECT")
    return void (await field.selectOption({ label: value }));
  await field.click();
  await field.fill(value);
  // Away from a list of suggestions, which may cover the next field.
  await field.press("Tab");
}

async function draw(editor, [from, output], to) {
  const source = editor.slot(from, output).locator(".react-flow__handle");
  await source.dragTo(editor.node(to).locator(".react-flow__handle.target"));
  await editor.edge(from, output).waitFor({ state: "attached" });
}

/** Does the steps with keys only, as somebody who sees where the focus is. */
export async function byKeyboard(page, steps) {
  const keys = keysOf(page);
  const editor = editorOf(page);
  /** Outputs that lead to an element from the start. */
  const ways = new Map();
  for (const { add: kind, id, behind, form, lead: to } of steps) {
    if (behind === undefined) {
      // Nothing is there to be behind of: the palette is the next thing that Tab leads to.
      await keys.reach(editor.palette.getByRole("button", { name: kind, exact: true }));
      await page.keyboard.press("Enter");
      ways.set(id, []);
    } else {
      await keys.walk(editor, ways.get(behind[0]), behind);
      await page.keyboard.press(kind === undefined ? "g" : "a");
      await keys.pick(kind ?? to);
      if (kind !== undefined) ways.set(id, [...ways.get(behind[0]), behind]);
    }
    if (kind === undefined) await editor.edge(behind[0], behind[1]).waitFor({ state: "attached" });
    else await fillByKeys(page, keys, editor, id, form);
  }
}

async function fillByKeys(page, keys, editor, id, form) {
  await keys.onNode();
  await page.keyboard.press("Enter");
  const own = page.getByRole("region", { name: /^Element / }).getByLabel("Id", { exact: true });
  await keys.focused(own);
  if ((await own.inputValue()) !== id) {
    await page.keyboard.press("Control+a");
    await page.keyboard.type(id);
    await page.keyboard.press("Tab");
  }
  const open = editor.form(id);
  await open.waitFor();
  for (const [label, value] of form) {
    if (value === undefined) {
      await keys.reach(open.getByRole("button", { name: label, exact: true }));
      await page.keyboard.press("Enter");
      continue;
    }
    const field = open.getByLabel(label, { exact: true });
    await keys.reach(field);
    // In a list the letters choose; in a field they replace what is there.
    if ((await field.evaluate((it) => it.tagName)) !== "SELECT") await page.keyboard.press("Control+a");
    await page.keyboard.type(value);
  }
  await keys.back();
}

/** Keys, and where they have led. */
export function keysOf(page) {
  const isFocused = (it) =>
    it.evaluateAll((all) => all.some((one) => one === document.activeElement)).catch(() => false);
  const keys = {
    /** Fails when the focus is not there within the time that a page has. */
    async focused(locator) {
      await locator.waitFor();
      await page.waitForFunction((it) => it === document.activeElement, await locator.elementHandle());
    },
    /** The focus is on the selected element of the canvas. */
    onNode: () => page.waitForFunction(() => document.activeElement?.matches(".node.node-selected") === true),
    /** From a form to its element: Escape closes suggestions first. */
    async back() {
      await page.keyboard.press("Tab");
      const isThere = () => document.activeElement?.matches(".node") === true;
      for (let i = 0; i < 3 && !(await page.evaluate(isThere)); i += 1) await page.keyboard.press("Escape");
      await keys.onNode();
    },
    /** Tab until it has the focus. */
    async reach(locator, key = "Tab") {
      for (let i = 0; i < 120; i += 1) {
        if (await isFocused(locator)) return;
        await page.keyboard.press(key);
      }
      assert.fail(`Tab never leads to ${locator}`);
    },
    /** From the start along outputs, until `output` of the last element is chosen. */
    async walk(editor, way, [id, output]) {
      await page.keyboard.press("Home");
      for (const [from, by] of way) {
        await keys.choose(editor, from, by);
        await page.keyboard.press("ArrowRight");
      }
      await keys.choose(editor, id, output);
    },
    async choose(editor, id, output) {
      await keys.focused(editor.node(id));
      const slot = editor.slot(id, output);
      for (let i = 0; i < 8; i += 1) {
        if ((await slot.getAttribute("data-chosen")) !== null) return;
        await page.keyboard.press("ArrowDown");
      }
      assert.fail(`no arrow chooses ${output} of ${id}`);
    },
    /** Types the name in the list that has opened, and takes it. */
    async pick(name) {
      const list = page.getByRole("dialog").getByRole("combobox");
      await keys.focused(list);
      await page.keyboard.type(name);
      await page.keyboard.press("Enter");
      await list.waitFor({ state: "detached" });
    },
  };
  return keys;
}
