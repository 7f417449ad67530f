// A key that is put in on the page of providers is the one that its provider gets, also a provider that is built in.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { say, startUpstream } from "../../../e2e/lib/upstream.mjs";
import { assertNoFaults } from "../lib/browser.mjs";
import { stage } from "../lib/stage.mjs";

const STORED = "sk-stored-in-the-gateway-1111";
const CHANGED = "sk-changed-in-the-gateway-2222";

let upstream;
const on = stage({
  environment: async () => {
    upstream = await startUpstream();
    upstream.use(say.completion("Hello."));
    return {
      POINTSMAN_PROVIDER_OPENAI_BASE_URL: upstream.base,
      POINTSMAN_PROVIDER_OPENAI_API_KEY: "sk-of-the-server-0000",
    };
  },
});
after(() => upstream?.stop());

/** Calls a model of OpenAI; gives the credential that it was asked with. */
async function credential() {
  const reply = await fetch(`${on.server.url}/v1/default/default/compat/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "openai/gpt-5", messages: [{ role: "user", content: "Hello" }] }),
  });
  assert.equal(reply.status, 200, await reply.text());
  return upstream.seen.at(-1).headers.authorization;
}

test("the stored key of a built-in provider goes before the server's, and its change is what is sent next", async () => {
  assert.equal(await credential(), "Bearer sk-of-the-server-0000");
  const page = await on.open();
  await page.getByRole("link", { name: "Providers", exact: true }).click();
  await page.getByRole("button", { name: "Add a key" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Provider", { exact: true }).selectOption("openai");
  await dialog.getByLabel("Key", { exact: true }).fill(STORED);
  await dialog.getByRole("button", { name: "Add the key" }).click();
  const keys = page.getByRole("table", { name: "Keys of this gateway" });
  await keys.getByText("…1111").waitFor();
  assert.equal(await credential(), `Bearer ${STORED}`);

  await keys.getByRole("button", { name: "Change default of openai" }).click();
  await dialog.getByLabel("New key", { exact: true }).fill(CHANGED);
  await dialog.getByRole("button", { name: "Save the key" }).click();
  await keys.getByText("…2222").waitFor();
  assert.equal(await credential(), `Bearer ${CHANGED}`);
  assert.ok(!(await page.content()).includes(CHANGED), "a key is shown nowhere once it is stored");

  await keys.getByRole("button", { name: "Delete default of openai" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Delete/ })
    .click();
  await page.getByText("No keys in this gateway").waitFor();
  assert.equal(await credential(), "Bearer sk-of-the-server-0000");
  assertNoFaults(page);
});
