import { logIn } from "../lib/browser.mjs";
import { ask } from "../lib/scene.mjs";

const GATEWAY = "/ai-gateway/gateways/default";

const to = (elementId) => ({ elementId });

/** Twenty requests an hour for each user, and an hour's budget for each team. */
const elements = [
  { id: "start", type: "start", outputs: { next: to("per-user") } },
  {
    id: "per-user",
    type: "rate",
    properties: { key: "metadata.user", limit: 20, limitType: "count", window: 3600 },
    outputs: { success: to("per-team") },
  },
  {
    id: "per-team",
    type: "rate",
    properties: { key: "metadata.team", limit: 60, limitType: "count", window: 86_400, technique: "fixed" },
    outputs: { success: to("model") },
  },
  {
    id: "model",
    type: "model",
    properties: { provider: "echo", model: "echo", timeout: 10_000, retries: 0 },
    outputs: { success: to("end") },
  },
  { id: "end", type: "end", outputs: {} },
];

const CALLS = { ana: 21, ben: 18, cy: 12, dora: 9, emil: 5, fay: 3, gus: 1 };

export default {
  async prepare(server) {
    await server.api("POST", `${GATEWAY}/routes`, { name: "support", elements });
    const settings = await server.api("GET", GATEWAY);
    await server.api("PUT", GATEWAY, {
      ...settings,
      rate_limiting_limit: 100,
      rate_limiting_interval: 3600,
    });
    for (const [i, [user, times]] of Object.entries(CALLS).entries()) {
      const metadata = { user, team: i % 2 === 0 ? "red" : "blue" };
      for (let n = 0; n < times; n += 1) await ask(server, "support", { metadata });
    }
  },
  async show(page) {
    await logIn(page);
    await page.goto("/g/default/limits");
    await page.getByText("20 of 20").waitFor();
  },
};
