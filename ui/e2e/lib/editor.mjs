// The editor of a route, as it is seen: where things stand in it, and what they say.
import assert from "node:assert/strict";

const ROUTES = "/ai-gateway/gateways/default/routes";

/** Makes a route whose draft is `elements`; what is deployed is one model. Gives its id. */
export async function makeRoute(server, name, elements) {
  const live = [
    { id: "start", type: "start", outputs: { next: { elementId: "model" } } },
    {
      id: "model",
      type: "model",
      properties: { provider: "echo", model: "echo" },
      outputs: { success: { elementId: "end" } },
    },
    { id: "end", type: "end", outputs: {} },
  ];
  const { id } = await server.api("POST", ROUTES, { name, elements: live });
  if (elements !== undefined) await server.api("PUT", `${ROUTES}/${id}/draft`, { elements });
  return id;
}

/** The elements of the draft, as the server has it. */
export async function draftOf(server, id) {
  return (await server.api("GET", `${ROUTES}/${id}/draft`)).elements;
}

/** The elements of what is deployed. */
export async function deployedOf(server, id) {
  return (await server.api("GET", `${ROUTES}/${id}`)).elements;
}

/** What a graph means: where elements stand, and in which order they are written, is left out. The order of shares is not. */
export function meaning(elements) {
  const told = elements.map(({ position: _, outputs = {}, ...rest }) => {
    const leads = Object.entries(outputs).map(([name, { elementId }]) => `${name} → ${elementId}`);
    return { ...rest, outputs: rest.type === "percentage" ? leads : leads.sort() };
  });
  return told.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Opens the editor of a route and waits until its graph is drawn. */
export async function openEditor(page, id) {
  await page.goto(`/g/default/routes/${id}`);
  const editor = editorOf(page);
  await editor.problems.waitFor();
  await editor.canvas.waitFor();
  return editor;
}

export function editorOf(page) {
  const canvas = page.locator(".editor-canvas");
  const node = (id) => canvas.locator(`[data-key="${id}"]`);
  const problems = page.getByRole("region", { name: "Problems" });
  return {
    page,
    canvas,
    palette: page.getByRole("toolbar", { name: "Add an element" }),
    bar: page.getByRole("toolbar", { name: "Editor" }),
    problems,
    node,
    /** An output of an element, on its node. */
    slot: (id, output) => node(id).locator(`.node-slot[data-output="${output}"]`),
    /** The line of an output that leads somewhere. */
    edge: (id, output) =>
      canvas.locator(`.react-flow__edge[data-id='${JSON.stringify([id, output])}'] .route-edge`),
    form: (id) => page.getByRole("region", { name: `Element ${id}`, exact: true }),
    problem: (text) => problems.getByRole("button").filter({ hasText: text }),
    /**
     * An element where it can be clicked, by its head. When it is not in view the whole graph is shown first: the browser would scroll
     * the canvas to it, which moves back at once, perhaps before the button is let go.
     */
    async seen(id) {
      const head = node(id).locator(".node-head");
      if (!within(await head.boundingBox(), await canvas.boundingBox()))
        await canvas.getByRole("button", { name: "Fit View" }).click();
      return head;
    },
    /** Selects an element by a click. */
    async pick(id, how) {
      await (await this.seen(id)).click(how);
    },
    /** Waits until the server has what was done, and has said what it thinks of it. */
    async settled() {
      await page
        .getByRole("status")
        .filter({ hasText: /^(Draft saved|No draft: as deployed)$/ })
        .waitFor();
      await page.locator(".problems:not([data-checking])").waitFor();
    },
    /** The panel's sentence: how many problems, and whether it can be deployed. */
    summary: () => problems.getByRole("status").textContent(),
    async showJson() {
      await page.getByRole("button", { name: "JSON", exact: true }).click();
      await page.getByLabel("The route as JSON").waitFor();
    },
    showGraph: () => page.getByRole("button", { name: "Graph", exact: true }).click(),
    /** Replaces the graph by pasting another into the JSON view. */
    async pasteJson(elements) {
      const text = page.getByLabel("The route as JSON");
      await text.focus();
      await page.keyboard.press("Control+a");
      await text.evaluate(
        (it, pasted) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", pasted);
          it.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        },
        JSON.stringify(elements, null, 2),
      );
      await page.getByText("In step with the graph.").waitFor();
    },
    /** Ships the draft by its tab; gives the sentences of the summary. */
    async ship(comment) {
      await page.getByRole("tab", { name: "Versions" }).click();
      await page.getByRole("button", { name: "Ship the draft" }).click();
      const dialog = page.getByRole("dialog", { name: "Ship the draft" });
      const changes = await dialog.getByRole("listitem").allInnerTexts();
      if (comment !== undefined) await dialog.getByLabel("Comment").fill(comment);
      await dialog.getByRole("button", { name: "Deploy", exact: true }).click();
      await dialog.waitFor({ state: "hidden" });
      return changes;
    },
  };
}

function within(box, frame) {
  return (
    box.x >= frame.x &&
    box.y >= frame.y &&
    box.x + box.width <= frame.x + frame.width &&
    box.y + box.height <= frame.y + frame.height
  );
}

/** Fails unless the draft on the server means what is expected. */
export async function assertDraft(server, id, expected) {
  assert.deepEqual(meaning(await draftOf(server, id)), meaning(expected));
}
