// A gateway that has been used: a route with every kind of element, two versions, a draft, and requests of three callers.
import { logIn } from "./browser.mjs";

const GATEWAY = "/ai-gateway/gateways/default";

const to = (elementId) => ({ elementId });
const model = (id, name, outputs) => ({
  id,
  type: "model",
  properties: { provider: "echo", model: name, timeout: 10_000, retries: 0 },
  outputs,
});

const elements = (share) => [
  { id: "start", type: "start", outputs: { next: to("plan") } },
  {
    id: "plan",
    type: "conditional",
    properties: { conditions: { "metadata.plan": { $eq: "paid" } } },
    outputs: { true: to("split"), false: to("budget") },
  },
  {
    id: "split",
    type: "percentage",
    outputs: { [`${share}%`]: to("large"), [`${100 - share}%`]: to("new") },
  },
  {
    id: "budget",
    type: "rate",
    properties: { key: "metadata.user", limit: 5, limitType: "count", window: 3600 },
    outputs: { success: to("small"), fallback: to("spare") },
  },
  model("large", "echo", { success: to("end"), fallback: to("small") }),
  model("new", "echo-fail", { success: to("end"), fallback: to("small") }),
  model("small", "echo", { success: to("end"), fallback: to("spare") }),
  model("spare", "echo", { success: to("end") }),
  { id: "end", type: "end", outputs: {} },
];

/** Makes it all; gives the ids that pages have in their addresses. */
export async function prepare(server) {
  const routes = `${GATEWAY}/routes`;
  const made = await server.api("POST", routes, { name: "support", elements: elements(90) });
  const { version_id } = await server.api("POST", `${routes}/${made.id}/versions`, {
    elements: elements(70),
  });
  await server.api("POST", `${routes}/${made.id}/deployments`, { version_id });
  for (let i = 0; i < 40; i += 1) await call(server, i);
  const logs = await logged(server, (all) => all.length >= 40);
  return { route: made.id, log: logs[0].id };
}

/** Shows one page of it, below the gateway. */
export function at(path, sees) {
  let ids;
  return {
    async prepare(server) {
      ids = await prepare(server);
    },
    async show(page) {
      await logIn(page);
      await page.goto(`/g/default${path.replace("{route}", ids.route).replace("{log}", ids.log)}`);
      await sees(page);
    },
  };
}

function call(server, i) {
  const user = ["ana", "ben", "cy"][i % 3];
  const metadata = { user, plan: user === "ben" ? "free" : "paid" };
  return ask(server, "support", { content: `Question ${i}: where is my parcel?`, metadata });
}

/** Asks a route as a client does; gives the reply and its text. */
export async function ask(server, route, { content = "Hello", metadata } = {}) {
  const reply = await fetch(`${server.url}/v1/default/default/compat/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(metadata && { "cf-aig-metadata": JSON.stringify(metadata) }),
    },
    body: JSON.stringify({ model: `dynamic/${route}`, messages: [{ role: "user", content }] }),
  });
  return { reply, text: await reply.text() };
}

/** The latest logs, when they are enough: a log is written a moment after its answer. */
export async function logged(server, isEnough) {
  for (let i = 0; i < 100; i += 1) {
    const logs = await server.api("GET", `${GATEWAY}/logs?per_page=50`);
    if (isEnough(logs)) return logs;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("the requests were not logged in time");
}
