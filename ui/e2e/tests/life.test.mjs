// A route's life: tried, deployed, called by OpenAI's own client, seen in its log, made a sample of, and rolled back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import OpenAI from "openai";
import { say, startUpstream } from "../../../e2e/lib/upstream.mjs";
import { assertNoFaults, logIn, openBrowser, openPage } from "../lib/browser.mjs";
import { openEditor } from "../lib/editor.mjs";
import { logged } from "../lib/scene.mjs";
import { startServer } from "../lib/server.mjs";

const to = (elementId) => ({ elementId });
const model = (id, name, fallback) => ({
  id,
  type: "model",
  properties: { provider: "custom-standin", model: name },
  outputs: { success: to("end"), ...(fallback && { fallback: to(fallback) }) },
});
const ELEMENTS = [
  { id: "start", type: "start", outputs: { next: to("plan") } },
  {
    id: "plan",
    type: "conditional",
    properties: { conditions: { "metadata.plan": { $eq: "paid" } } },
    outputs: { true: to("large"), false: to("small") },
  },
  model("large", "old-model", "small"),
  model("small", "small-model"),
  { id: "end", type: "end", outputs: {} },
];

let upstream;
let server;
let browser;
before(async () => {
  upstream = await startUpstream();
  upstream.use((it) => say.completion(`This is ${it.req.json.model}.`)(it));
  server = await startServer({ POINTSMAN_ALLOW_PRIVATE_UPSTREAMS: "true" });
  await server.api("POST", "/ai-gateway/custom-providers", {
    name: "Stand-in",
    slug: "standin",
    base_url: upstream.base,
    enable: true,
  });
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
  await upstream?.stop();
});

test("tried, deployed, called, seen in the log, made a sample of, and rolled back", async (t) => {
  const { id } = await server.api("POST", "/ai-gateway/gateways/default/routes", {
    name: "support",
    elements: ELEMENTS,
  });
  const page = await openPage(browser, server, { width: 1600, height: 1000 });
  await logIn(page);
  const editor = await openEditor(page, id);

  await t.test("the live version answers OpenAI's client", async () => {
    assert.equal((await ask()).text, "This is old-model.");
  });

  await t.test(
    "a changed draft is simulated: the way lights up, what was read is shown, nobody is called",
    async () => {
      await editor.pick("large");
      await editor.form("large").getByLabel("Model", { exact: true }).fill("new-model");
      await editor.settled();
      const before = upstream.seen.length;
      await page.getByRole("tab", { name: "Try it" }).click();
      await page.getByRole("button", { name: "Add an entry" }).click();
      await page.getByLabel("Name of entry 1").fill("plan");
      await page.getByLabel("Value of plan").fill("paid");
      await page.getByRole("button", { name: "Simulate", exact: true }).click();
      await page.getByText("custom-standin/new-model would answer, from large").waitFor();
      await page.getByRole("region", { name: "Way" }).getByText('metadata.plan is "paid"').waitFor();
      await lit(page, ["start", "plan", "large", "end"], ["small"]);
      await litEdges(page, [
        ["start", "next"],
        ["plan", "true"],
        ["large", "success"],
      ]);
      assert.equal(upstream.seen.length, before);
    },
  );

  await t.test("assuming that the model fails, the way goes on to its fallback by itself", async () => {
    await page.getByText("What if…").click();
    await page.getByLabel("large", { exact: true }).selectOption({ label: "fails" });
    await page.getByText("custom-standin/small-model would answer, from small").waitFor();
    await lit(page, ["start", "plan", "large", "small", "end"], []);
  });

  await t.test("deployed, after a summary of what changes for traffic, the new model answers", async () => {
    const changes = await editor.ship("A newer model for those who pay");
    assert.equal(changes.length, 1);
    assert.match(changes[0], /^large calls new-model .* instead of old-model/);
    await page.getByText("Live: version 2").waitFor();
    await page.getByText("A newer model for those who pay").first().waitFor();
    assert.equal((await ask()).text, "This is new-model.");
  });

  let log;
  await t.test("the log shows the request, its answer, and the way on the graph that it walked", async () => {
    const asked = await ask("Where is my parcel?");
    log = asked.log;
    await logged(server, (all) => all.some((it) => it.id === log));
    await page.getByRole("link", { name: "Logs" }).click();
    await page.goto(`/g/default/logs/${log}`);
    await page.getByRole("heading", { name: "dynamic/support" }).waitFor();
    await page.getByText("through version 2").waitFor();
    await lit(page, ["start", "plan", "large", "end"], ["small"]);
    const bodies = page.getByRole("region", { name: "Request and response" });
    await bodies.getByText("Where is my parcel?").waitFor();
    await bodies.getByText("This is new-model.").waitFor();
  });

  await t.test("made a sample of, it goes the same way again", async () => {
    await page.getByRole("link", { name: "Make a sample of this" }).click();
    await page.getByText(`Taken from log ${log}`).waitFor();
    assert.match(await page.getByLabel("Body").inputValue(), /Where is my parcel\?/);
    assert.equal(await page.getByLabel("Value of plan").inputValue(), "paid");
    await page.getByRole("button", { name: "Simulate", exact: true }).click();
    await page.getByText("custom-standin/new-model would answer, from large").waitFor();
    await lit(page, ["start", "plan", "large", "end"], ["small"]);
  });

  await t.test("rolled back with one click, the old model answers again", async () => {
    await page.getByRole("tab", { name: "Versions" }).click();
    await page.getByRole("button", { name: "Roll back to version 1", exact: true }).click();
    await page.getByText("Live: version 1").waitFor();
    await page.getByText("Rolled back to version 1").waitFor();
    assert.equal((await ask()).text, "This is old-model.");
  });

  assertNoFaults(page);
});

/** Asks as an application does, with OpenAI's client, for somebody who pays. */
async function ask(content = "Hello") {
  const client = new OpenAI({
    baseURL: `${server.url}/v1/default/default/compat`,
    apiKey: "unused",
    maxRetries: 0,
    defaultHeaders: { "cf-aig-metadata": JSON.stringify({ plan: "paid", user: "ana" }) },
  });
  const { data, response } = await client.chat.completions
    .create({ model: "dynamic/support", messages: [{ role: "user", content }] })
    .withResponse();
  return { text: data.choices[0].message.content, log: response.headers.get("cf-aig-log-id") };
}

/** Waits until these elements are lit and those are dimmed. */
async function lit(page, bright, dim) {
  for (const id of bright) await page.locator(`[data-key="${id}"].node-lit`).waitFor();
  for (const id of dim) await page.locator(`[data-key="${id}"].node-dim`).waitFor();
}

async function litEdges(page, edges) {
  for (const it of edges)
    await page
      .locator(`.react-flow__edge[data-id='${JSON.stringify(it)}'] .edge-lit`)
      .waitFor({ state: "attached" });
  assert.equal(await page.locator(".edge-lit").count(), edges.length);
}
