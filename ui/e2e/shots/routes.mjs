import { logIn } from "../lib/browser.mjs";
import { ask, logged } from "../lib/scene.mjs";

/** start → model → end, on the built-in provider. */
const answering = (model) => [
  { id: "start", type: "start", outputs: { next: { elementId: "answer" } } },
  {
    id: "answer",
    type: "model",
    properties: { provider: "echo", model, timeout: 20_000, retries: 0 },
    outputs: { success: { elementId: "end" } },
  },
  { id: "end", type: "end", outputs: {} },
];

export default {
  async prepare(server) {
    const routes = "/ai-gateway/gateways/default/routes";
    await server.api("POST", routes, { name: "support", elements: answering("echo") });
    await server.api("POST", routes, { name: "flaky", elements: answering("echo-fail") });
    for (const [route, times] of Object.entries({ support: 12, hello: 3, flaky: 2 })) {
      for (let i = 0; i < times; i += 1) await ask(server, route);
    }
    // Counted once a second.
    await logged(server, (all) => all.length >= 17);
  },
  async show(page) {
    await logIn(page);
    await page.getByRole("table", { name: "Routes" }).getByText("support").waitFor();
  },
};
