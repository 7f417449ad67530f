// Each template three times: from its dialog, by mouse on an empty canvas, and by keyboard alone. The graphs are the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertNoFaults, openPage } from "../lib/browser.mjs";
import { assertDraft, deployedOf, makeRoute, openEditor } from "../lib/editor.mjs";
import { byKeyboard, byMouse, keysOf } from "../lib/hands.mjs";
import { ask, logged } from "../lib/scene.mjs";
import { ADMIN } from "../lib/server.mjs";
import { stage } from "../lib/stage.mjs";
import { TEMPLATES } from "../lib/templates.mjs";

const SIZE = { width: 1600, height: 1000 };

const on = stage();

for (const [title, template] of Object.entries(TEMPLATES)) {
  const name = title.toLowerCase().replace(/\W+/g, "-");
  test(title, async (t) => {
    let expected;
    await t.test("made from its dialog it is live, answers, and its way is in the log", async () => {
      const page = await on.open();
      const id = await fromDialog(page, title, template.asked, name);
      expected = await deployedOf(on.server, id);

      const log = await answers(name);
      await logged(on.server, (all) => all.some((it) => it.id === log));
      await page.goto(`/g/default/logs/${log}`);
      await page.getByRole("heading", { name: `dynamic/${name}` }).waitFor();
      await page.getByRole("group", { name: /^Start start:/ }).waitFor();
      assertNoFaults(page);
      await page.context().close();
    });

    await t.test("built by mouse on an empty canvas it is the same, and can be deployed", async () => {
      const page = await on.open({ ...SIZE });
      const id = await makeRoute(on.server, `${name}-mouse`, []);
      const editor = await openEditor(page, id);
      await page.getByText("An empty graph").waitFor();
      await byMouse(page, template.steps);
      await deployable(editor);
      await assertDraft(on.server, id, expected);
      await editor.ship("by mouse");
      await page.getByText("Live: version 2").waitFor();
      await answers(`${name}-mouse`);
      assertNoFaults(page);
      await page.context().close();
    });

    await t.test("built by keyboard on an empty canvas it is the same, and can be deployed", async () => {
      const page = await openPage(on.browser, on.server, SIZE);
      const keys = keysOf(page);
      await logInByKeys(page, keys);
      const id = await makeRoute(on.server, `${name}-keys`, []);
      const editor = await openEditor(page, id);
      await page.getByText("An empty graph").waitFor();
      await byKeyboard(page, template.steps);
      await deployable(editor);
      await assertDraft(on.server, id, expected);
      await shipByKeys(page, keys);
      await page.getByText("Live: version 2").waitFor();
      await answers(`${name}-keys`);
      assertNoFaults(page);
      await page.context().close();
    });
  });
}

/** Fills the dialog in and gives the id of the route that is made. */
async function fromDialog(page, title, asked, name) {
  await page.getByRole("button", { name: "New route" }).click();
  await page.getByRole("radio", { name: title }).check();
  await page.getByLabel("Name", { exact: true }).fill(name);
  for (const [label, value] of Object.entries(asked)) {
    await page.getByLabel(label, { exact: true }).fill(value);
    await page.keyboard.press("Tab");
  }
  await page.getByRole("button", { name: "Create and deploy" }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
  await page.getByText("Live: version 1").waitFor();
  await page.getByRole("region", { name: "Problems" }).waitFor();
  return new URL(page.url()).pathname.split("/").at(-1);
}

/** Nothing is wrong with it; what the last model does when it fails is the caller's to know, and only advice. */
async function deployable(editor) {
  await editor.settled();
  const said = await editor.problems.getByRole("button").allInnerTexts();
  assert.deepEqual(
    said.filter((it) => !it.includes("fallback")),
    [],
  );
  assert.match(await editor.summary(), /can be deployed as it is\.$/);
}

/** Asks the route as a client does; gives the id of the log. */
async function answers(name) {
  const { reply, text } = await ask(on.server, name, { metadata: { user: "ana", tier: "gold" } });
  assert.equal(reply.status, 200, text);
  return reply.headers.get("cf-aig-log-id");
}

async function logInByKeys(page, keys) {
  await page.goto("/");
  const token = page.getByLabel("Token");
  await token.waitFor();
  await keys.reach(token);
  await page.keyboard.type(ADMIN);
  await page.keyboard.press("Enter");
  await page.getByRole("navigation", { name: "Main" }).waitFor();
}

async function shipByKeys(page, keys) {
  const versions = page.getByRole("tab", { name: "Versions" });
  await keys.reach(page.getByRole("tab", { selected: true }), "Shift+Tab");
  for (let i = 0; i < 6 && (await versions.getAttribute("aria-selected")) !== "true"; i += 1)
    await page.keyboard.press("ArrowRight");
  const ship = page.getByRole("button", { name: "Ship the draft" });
  await ship.waitFor();
  await keys.reach(ship);
  await page.keyboard.press("Enter");
  const deploy = page.getByRole("dialog").getByRole("button", { name: "Deploy", exact: true });
  await deploy.waitFor();
  await keys.reach(deploy);
  await page.keyboard.press("Enter");
}
