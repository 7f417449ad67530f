// What was typed and is nowhere else: it outlives its form, its tab and its page, and nothing takes it away unasked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertNoFaults } from "../lib/browser.mjs";
import { draftOf, editorOf, makeRoute, openEditor } from "../lib/editor.mjs";
import { ask, logged } from "../lib/scene.mjs";
import { stage } from "../lib/stage.mjs";

const on = stage();

const to = (elementId) => ({ elementId });
const GRAPH = [
  { id: "start", type: "start", outputs: { next: to("plan") } },
  {
    id: "plan",
    type: "conditional",
    properties: { conditions: { "metadata.plan": "paid" } },
    outputs: { true: to("model"), false: to("end") },
  },
  {
    id: "model",
    type: "model",
    properties: { provider: "echo", model: "echo" },
    outputs: { success: to("end") },
  },
  { id: "end", type: "end", outputs: {} },
];
const open = async () => {
  const page = await on.open();
  return page;
};

test("broken JSON is kept while one looks at another element, and over a reload, until it is discarded", async () => {
  const page = await open();
  const id = await makeRoute(on.server, "broken", GRAPH);
  let editor = await openEditor(page, id);
  await editor.pick("plan");
  await page.getByLabel("As JSON", { exact: true }).fill('{"metadata.plan": ');
  await editor.pick("model");
  await editor.form("model").waitFor();
  await editor.problem("What was typed into “As JSON” is not in the graph").click();
  assert.equal(await page.getByLabel("As JSON", { exact: true }).inputValue(), '{"metadata.plan": ');
  page.once("dialog", (it) => it.accept());
  await page.reload();
  editor = editorOf(page);
  await editor.pick("plan");
  assert.equal(await page.getByLabel("As JSON", { exact: true }).inputValue(), '{"metadata.plan": ');
  await page.getByRole("button", { name: "Discard what was typed into As JSON of plan" }).click();
  assert.equal(await page.getByLabel("As JSON", { exact: true }).inputValue(), '{"metadata.plan": "paid"}');
  assertNoFaults(page);
  await page.context().close();
});

test("work of a tab that was closed before it was saved is offered with a comparison, and taken over only then", async () => {
  const first = await open();
  const id = await makeRoute(on.server, "closed", GRAPH);
  const tab = await first.context().newPage();
  await tab.route("**/draft", (it) => (it.request().method() === "PUT" ? it.abort() : it.continue()));
  await (await openEditor(tab, id)).pick("model");
  await tab.getByLabel("Timeout (ms)").fill("5000");
  await tab.getByText("Offline: kept in this browser").waitFor();
  const other = await openEditor(first, id);
  await other.problems.waitFor();
  assert.equal(await first.getByRole("button", { name: "Compare and take over" }).count(), 0);
  await tab.close({ runBeforeUnload: false });

  const next = await first.context().newPage();
  await openEditor(next, id);
  await next.getByRole("button", { name: "Compare and take over" }).click();
  await next.getByText("waits 5000 ms for an answer").waitFor();
  assert.deepEqual(
    (await draftOf(on.server, id)).find((it) => it.id === "model").properties.timeout,
    undefined,
  );
  await next.getByRole("button", { name: "Take it over" }).click();
  await next.getByText("Draft saved").waitFor();
  const saved = (await draftOf(on.server, id)).find((it) => it.id === "model");
  assert.equal(saved.properties.timeout, 5000);
  await next.reload();
  await editorOf(next).problems.waitFor();
  assert.equal(await next.getByRole("button", { name: "Compare and take over" }).count(), 0);
  assertNoFaults(first);
  await first.context().close();
});

test("an edge of the live canvas leads to exactly its logs", async () => {
  await on.server.api("POST", "/ai-gateway/gateways/default/routes", { name: "edges", elements: GRAPH });
  for (const plan of ["paid", "free", "paid"]) await ask(on.server, "edges", { metadata: { plan } });
  await logged(on.server, (all) => all.filter((it) => it.pointsman.route === "edges").length === 3);
  const page = await open();
  await page.getByRole("link", { name: "edges" }).click();
  await page.getByRole("tab", { name: "Traffic" }).click();
  await page.getByRole("link", { name: "Logs of plan → true" }).click();
  await page.getByText("2 requests").waitFor();
  await page.getByText("Through the output is plan.true").waitFor();
  await page.getByText("Route is edges").waitFor();
  assertNoFaults(page);
  await page.context().close();
});
