// A sound route, broken in many ways: what is wrong stands on the right element or output, at its field, and in the panel, which leads there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertNoFaults } from "../lib/browser.mjs";
import { makeRoute, openEditor } from "../lib/editor.mjs";
import { model, SOUND, to } from "../lib/sound.mjs";
import { stage } from "../lib/stage.mjs";

/** The sound route with one element changed. */
const but = (id, change) => SOUND.map((it) => (it.id === id ? { ...it, ...change } : it));

/** Changes one field of an element's form. */
const field = (id, label, value) => async (editor) => {
  await editor.pick(id);
  const control = editor.form(id).getByLabel(label, { exact: true });
  if ((await control.evaluate((it) => it.tagName)) === "SELECT") await control.selectOption({ label: value });
  else {
    await control.fill(value);
    await control.press("Tab");
  }
};
const json = (elements) => async (editor) => {
  await editor.showJson();
  await editor.pasteJson(elements);
};

const WAYS = {
  "an output that leads nowhere": {
    how: field("start", "next", "Choose an element"),
    on: ["start", "next"],
    says: /next/,
  },
  "an output that leads to no element": {
    how: json(but("plan", { outputs: { true: to("split"), false: to("nowhere") } })),
    on: ["plan", "false"],
    says: /nowhere/,
  },
  "a circle": {
    how: field("small", "fallback", "large"),
    on: ["small", "fallback"],
    line: true,
    says: /large.*small|small.*large/,
  },
  "shares that are not a whole": {
    how: field("split", "Share 1, in percent", "50"),
    on: ["split"],
    says: /90\.00%/,
    told: "Total 90%: 10% missing",
  },
  "a field that is none": { how: field("plan", "Field", "plan"), on: ["plan"], says: /metadata\./ },
  "an operator that is none": {
    how: field("plan", "As JSON", '{"metadata.plan": {"$like": "paid"}}'),
    on: ["plan"],
    says: /\$like/,
  },
  "a limit without a limit": {
    how: field("budget", "Limit (requests)", ""),
    on: ["budget"],
    says: /limit.*Required/,
    told: "Required",
  },
  "a window that is too long": {
    how: field("budget", "Window (seconds)", "99999999"),
    on: ["budget"],
    says: /window/,
  },
  "a provider that nobody has": { how: field("large", "Provider", "nobody"), on: ["large"], says: /nobody/ },
  "a timeout beyond its bound": {
    how: field("large", "Timeout (ms)", "99999999"),
    on: ["large"],
    says: /timeout/,
  },
  "more retries than there are": {
    how: field("large", "Retries (0 to 5)", "9"),
    on: ["large"],
    says: /retries/,
  },
  "two starts": {
    how: json([...SOUND, { id: "start-2", type: "start", outputs: { next: to("plan") } }]),
    on: ["start-2"],
    says: /A route has one start/,
  },
  "an output that its type has not": {
    how: json(but("large", { outputs: { success: to("end"), fallback: to("small"), other: to("end") } })),
    on: ["large", "other"],
    line: true,
    says: /other/,
  },
  "an element that nothing leads to": {
    how: field("plan", "false", "small"),
    on: ["budget"],
    severity: "warning",
    says: /No path leads/,
  },
  "a model without a fallback": {
    how: field("spare", "fallback", "Nowhere"),
    on: ["spare"],
    severity: "warning",
    says: /fallback/,
  },
};

let page;
const on = stage({
  prepare: async () => {
    page = await on.open({ width: 1600, height: 1000 });
  },
});

let made = 0;
async function open() {
  made += 1;
  const id = await makeRoute(on.server, `broken-${made}`, SOUND);
  const editor = await openEditor(page, id);
  await editor.settled();
  assert.equal(await editor.summary(), "None: it can be deployed as it is.");
  return editor;
}

for (const [name, { how, on, line = false, severity = "error", says, told = says }] of Object.entries(WAYS)) {
  test(name, async () => {
    const [element, output] = on;
    const editor = await open();
    await how(editor);
    const entry = editor.problem(element).filter({ hasText: says });
    await entry.waitFor();
    await editor.settled();
    assert.match(await editor.summary(), severity === "error" ? /cannot be deployed yet\.$/ : /^1 warning\./);

    await away(editor);
    await entry.click();
    const node = editor.node(element);
    await node.waitFor();
    await isFocused(node);
    await node.locator(`.node-flag-${severity}`).waitFor();
    assert.match(await node.getAttribute("class"), /\bnode-selected\b/);
    assert.match(await node.getAttribute("aria-label"), says, "the element says it when it is read out");
    await editor
      .form(element)
      .locator("[role=alert], [role=status]")
      .filter({ hasText: told })
      .first()
      .waitFor();
    if (output !== undefined) {
      const slot = editor.slot(element, output);
      assert.notEqual(await slot.getAttribute("data-bad"), null, "the output is painted");
      assert.notEqual(await slot.getAttribute("data-chosen"), null, "the output is selected");
    }
    if (line) assert.match(await editor.edge(element, output).getAttribute("class"), /\bedge-error\b/);

    await editor.bar.getByRole("button", { name: "Undo" }).click();
    await editor.problems.getByText("None: it can be deployed as it is.").waitFor();
    assert.equal(await editor.canvas.locator(".node-flag, .edge-error, [data-bad]").count(), 0);
    assertNoFaults(page);
  });
}

test("no end: it is said of the whole, and each output that led there is painted", async () => {
  const editor = await open();
  await editor.pick("end");
  await editor.bar.getByRole("button", { name: "Delete" }).click();
  const entry = editor.problem("A route needs").filter({ hasText: "at least one element of type" });
  await entry.first().waitFor();
  await editor.settled();
  for (const id of ["large", "small", "spare"]) {
    await editor.node(id).locator(".node-flag-error").waitFor();
    assert.notEqual(await editor.slot(id, "success").getAttribute("data-bad"), null);
  }
  await editor.pick("large");
  await entry.first().click();
  await page.getByText("Select an element to see and change what it does.").waitFor();
  assertNoFaults(page);
});

test("two elements of one id: the second is the one that is painted, and found", async () => {
  const editor = await open();
  await editor.showJson();
  await editor.pasteJson([...SOUND, { ...model("spare", "end", "end"), position: { x: 0, y: 600 } }]);
  await editor.problem("spare").filter({ hasText: "Give each element its own" }).click();
  const second = editor.canvas.locator("[data-key^='spare']").nth(1);
  await second.locator(".node-flag-error").waitFor();
  await isFocused(second);
  assert.equal(await editor.node("spare").locator(".node-flag-error").count(), 0);
  assertNoFaults(page);
});

test("the key N leads from problem to problem, and its field says the same", async () => {
  const editor = await open();
  await field("large", "Provider", "nobody")(editor);
  await field("spare", "Provider", "no-one")(editor);
  await editor.problem("spare").waitFor();
  await editor.pick("start");
  await editor.node("start").focus();
  await page.keyboard.press("n");
  await isFocused(editor.node("large"));
  await page.keyboard.press("n");
  await isFocused(editor.node("spare"));
  const provider = editor.form("spare").getByLabel("Provider");
  assert.equal(await provider.getAttribute("aria-invalid"), "true");
  const told = await provider.evaluate((it) =>
    it
      .getAttribute("aria-describedby")
      .split(" ")
      .map((id) => document.getElementById(id)?.textContent)
      .join(" "),
  );
  assert.match(told, /no-one/);
  assertNoFaults(page);
});

/** Nothing is selected, and the focus is elsewhere. */
async function away(editor) {
  if (await editor.canvas.isVisible())
    await editor.canvas.locator(".react-flow__pane").click({ position: { x: 20, y: 400 } });
}

async function isFocused(node) {
  await page.waitForFunction((it) => it === document.activeElement, await node.elementHandle());
}
