// Who may only read sees no button that writes, and the server refuses the calls; every page, in both themes, for both roles, under axe.
import assert from "node:assert/strict";
import { test } from "node:test";
import axe from "axe-core";
import { assertNoFaults, logIn, openPage } from "../lib/browser.mjs";
import { editorOf } from "../lib/editor.mjs";
import { prepare } from "../lib/scene.mjs";
import { ADMIN } from "../lib/server.mjs";
import { stage } from "../lib/stage.mjs";

const GATEWAY = "/ai-gateway/gateways/default";

/** Every page, with a word on what stands there. Of those with `writes` the administrator has buttons that change something. */
let pages;
let reader;
const on = stage({
  prepare: async () => {
    const { value } = await on.server.api("POST", "/tokens", {
      name: "reader",
      permissions: ["AI Gateway Read"],
    });
    reader = value;
    const ids = await prepare(on.server);
    await on.server.api("POST", `${GATEWAY}/provider_configs`, {
      provider_slug: "openai",
      alias: "main",
      secret: "sk-not-a-key",
      default_config: true,
    });
    const custom = await on.server.api("POST", "/ai-gateway/custom-providers", {
      name: "Lab",
      slug: "lab",
      base_url: "https://lab.example.com/v1",
    });
    pages = [
      { path: "/routes", sees: "support", writes: true },
      { path: `/routes/${ids.route}`, sees: "Problems", writes: true },
      { path: `/routes/${ids.route}?tab=versions`, sees: "Version 2", writes: true },
      { path: `/routes/${ids.route}?tab=try`, sees: "Sample request", label: true },
      { path: `/routes/${ids.route}?tab=traffic`, sees: "support" },
      { path: "/logs", sees: "Logs", writes: true },
      { path: `/logs/${ids.log}`, sees: "Usage and cost", writes: true },
      { path: "/analytics", sees: "Analytics" },
      { path: "/limits", sees: "Limits" },
      { path: "/providers", sees: "main", writes: true },
      { path: "/custom-providers", sees: "Lab", writes: true },
      { path: `/custom-providers/${custom.id}`, sees: "Lab", writes: true },
      { path: "/prices", sees: "Prices", writes: true },
      { path: "/gateways", sees: "Gateways", writes: true },
      { path: "/settings", sees: "Settings", writes: true },
      { path: "/tokens", sees: "reader", writes: true, admin: true },
      { path: "/audit", sees: "Audit", admin: true },
    ];
  },
});

const ROLES = { administrator: () => ADMIN, reader: () => reader };

test("the server refuses every call that writes, made with the session of who may only read", async () => {
  const { paths } = await (await fetch(`${on.server.url}/openapi.json`)).json();
  const calls = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((it) => ["post", "put", "patch", "delete"].includes(it) && path.startsWith("/client/v4/"))
      .map((it) => [it.toUpperCase(), path]),
  );
  assert.ok(calls.length > 25, `${calls.length} calls`);
  const page = await on.open({ meant: /status of 403/, token: reader });
  const changes = () => on.server.api("GET", "/ai-gateway/audit?per_page=50");
  const before = await changes();
  const names = { account_id: "default", gateway_id: "default" };
  const answers = await page.evaluate(
    async ([all, known]) => {
      const got = [];
      for (const [method, path] of all) {
        const url = path.replace(
          /\{(\w+)\}/g,
          (_, name) => known[name] ?? "01a20000-0000-7000-8000-000000000000",
        );
        const headers = { "content-type": "application/json", "x-pointsman-ui": "1" };
        const reply = await fetch(url, { method, headers, body: "{}" });
        got.push(`${method} ${path}: ${reply.status}`);
      }
      return got;
    },
    [calls, names],
  );
  assert.deepEqual(
    answers.filter((it) => !it.endsWith(": 403")),
    [],
  );
  assert.deepEqual(await changes(), before, "the audit log has nothing new");
  assertNoFaults(page);
  await page.context().close();
});

test("logging out ends the session of this browser, in its other tabs as well", async () => {
  const page = await on.open({ meant: /status of 401/, token: reader });
  const asks = () =>
    page.evaluate(async () => (await fetch("/client/v4/accounts/default/ai-gateway/gateways")).status);
  assert.equal(await asks(), 200);
  await page.getByRole("button", { name: "reader (read only)" }).click();
  await page.getByRole("menuitem", { name: "Log out" }).click();
  await page.getByLabel("Token").waitFor();
  assert.equal(await asks(), 401);
  assert.deepEqual(await page.context().cookies(), []);
  assertNoFaults(page);
  await page.context().close();
});

const WINDOWS = [
  { name: "light", theme: "light", roles: ["administrator", "reader"] },
  { name: "dark", theme: "dark", roles: ["administrator", "reader"] },
  { name: "light, on a phone", theme: "light", width: 390, height: 844, roles: ["administrator"] },
];
for (const { name, roles, ...size } of WINDOWS) {
  for (const role of roles) {
    test(`on every page axe finds nothing serious, and buttons that write are the administrator's: ${name}, ${role}`, async () => {
      const reads = role === "reader";
      // What only an administrator may see is refused to others, whose navigation does not lead there.
      const page = await openPage(on.browser, on.server, {
        ...size,
        ...(reads && { meant: /status of 403/ }),
      });
      await page.goto("/");
      await page.getByLabel("Token").waitFor();
      const found = await judged(page, "/");
      await logIn(page, ROLES[role]());
      const main = page.getByRole("navigation", { name: "Main" }).getByRole("link");
      assert.equal((await main.allTextContents()).includes("Tokens"), !reads);
      for (const it of pages) {
        await visit(page, it, reads && it.admin);
        found.push(...(await judged(page, it.path)));
        const buttons = await writing(page);
        if (reads) assert.deepEqual(buttons, [], it.path);
        else if (it.writes) assert.notDeepEqual(buttons, [], `the test knows a button of ${it.path}`);
        if (it.sees === "Problems") found.push(...(await ofEditor(page, role)));
      }
      assert.deepEqual(found, []);
      assertNoFaults(page);
      await page.context().close();
    });
  }
}

/** The form of an element, the JSON, and the dialogs, which no address leads to. */
async function ofEditor(page, role) {
  const found = [];
  await editorOf(page).pick("split");
  await page.getByRole("region", { name: "Element split" }).waitFor();
  found.push(...(await judged(page, "the form of a split")));
  await page.getByRole("button", { name: "JSON", exact: true }).click();
  await page.getByLabel("The route as JSON").waitFor();
  found.push(...(await judged(page, "the JSON of a route")));
  await page.getByRole("button", { name: "Keys", exact: true }).click();
  await page.getByRole("dialog", { name: "Keys of the editor" }).waitFor();
  found.push(...(await judged(page, "the keys of the editor")));
  if (role !== "administrator") return found;
  await page.goto("/g/default/routes");
  await page.getByRole("button", { name: "New route" }).click();
  await page.getByRole("dialog", { name: "New route" }).waitFor();
  found.push(...(await judged(page, "a new route")));
  return found;
}

/** Goes there and waits until what stands there does. */
async function visit(page, { path, sees, label = false }, refused = false) {
  await page.goto(`/g/default${path}`);
  const content = page.locator("#content");
  if (!refused) await (label ? content.getByLabel(sees) : content.getByText(sees)).first().waitFor();
  await page.locator(".skeleton").first().waitFor({ state: "detached" });
}

/** Names of the buttons that change something on the server. */
async function writing(page) {
  const names = await page
    .locator("#content")
    .locator("button, [role=button], [role=menuitem], input[type=submit]")
    .evaluateAll((all) => all.map((it) => (it.getAttribute("aria-label") ?? it.textContent ?? "").trim()));
  const verbs =
    /^(New|Create|Add|Delete|Remove|Save|Deploy|Ship|Roll back|Revoke|Change|Edit|Undo|Redo|Duplicate|Arrange|Lead|Set|Reset|Rename|Test|Store|Keep the|Good|Bad)\b/;
  // A sample and what is looked for are the browser's own.
  const own = /^Add (an? (entry|header)|filter)$/;
  return names.filter((it) => verbs.test(it) && !own.test(it));
}

/** What axe says of the page as it is, one line a kind: only what keeps somebody from using it. */
async function judged(page, where) {
  await page.evaluate(axe.source);
  const violations = await page.evaluate(
    async () => (await window.axe.run(document, { resultTypes: ["violations"] })).violations,
  );
  return violations
    .filter((it) => it.impact === "serious" || it.impact === "critical")
    .map(
      (it) =>
        `${where}: ${it.id}, ${it.help}: ${it.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`,
    );
}
