import { configure, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Doc } from "@/graph/document";
import { GATEWAYS, listed, open, type Right } from "@/test/page";
import { ok, refused, type Seen } from "@/test/server";
import { previous, timeline } from "./history";
import type { Deployment, Version } from "./queries";

const lead = (elementId: string) => ({ elementId });
const split = (a: number): Doc => [
  { id: "in", type: "start", outputs: { next: lead("ab") } },
  { id: "ab", type: "percentage", outputs: { [`${a}%`]: lead("one"), [`${100 - a}%`]: lead("two") } },
  {
    id: "one",
    type: "model",
    properties: { provider: "echo", model: "echo" },
    outputs: { success: lead("out") },
  },
  {
    id: "two",
    type: "model",
    properties: { provider: "echo", model: "echo-slow" },
    outputs: { success: lead("out") },
  },
  { id: "out", type: "end" },
];
const minute = (n: number) => `2026-11-26T10:${String(n).padStart(2, "0")}:00Z`;
const version = (number: number, a = number * 10): Version => ({
  version_id: `v${number}`,
  number,
  active: false,
  created_at: minute(number * 2),
  created_by: "ana",
  is_valid: true,
  data: JSON.stringify(split(a)),
  comment: number === 1 ? "the first" : null,
});
const deployment = (n: number, id: string): Deployment => ({
  deployment_id: `d${n}`,
  version_id: id,
  created_at: minute(n),
  created_by: "ben",
  comment: null,
});

describe("the line of time", () => {
  const [v1, v2, v3] = [version(1), version(2), version(3)];
  const acts = [deployment(8, "v1"), deployment(5, "v2"), deployment(3, "v1")];

  it("is newest first, and says what is live and what was a rollback", () => {
    const more = { versions: false, deployments: false };
    const line = timeline({ versions: [v3, v2, v1], deployments: acts, more, live: acts[0] });
    expect(
      line.map((it) => (it.kind === "version" ? it.version.version_id : it.deployment.deployment_id)),
    ).toEqual(["d8", "v3", "d5", "v2", "d3", "v1"]);
    expect(line.map((it) => it.kind === "deployment" && it.rollback)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(line.filter((it) => it.live).map((it) => it.at)).toEqual([minute(8), minute(2)]);
  });

  it("shows nothing older than what is loaded of either", () => {
    const more = { versions: true, deployments: false };
    const line = timeline({ versions: [v3, v2], deployments: acts, more, live: acts[0] });
    expect(line.map((it) => it.at)).toEqual([minute(8), minute(6), minute(5), minute(4)]);
  });

  it("a rollback goes to the version that was live before", () => {
    expect(previous(acts, acts[0])).toBe("v2");
    expect(previous([deployment(9, "v1"), ...acts], deployment(9, "v1"))).toBe("v2");
    expect(previous(acts.slice(2), acts[2])).toBeUndefined();
    expect(previous(acts, undefined)).toBeUndefined();
  });
});

const at = `${GATEWAYS}/default/routes/r1`;
const route = {
  id: "r1",
  name: "support",
  elements: split(20),
  deployment: deployment(5, "v2"),
  version: version(2),
};
const problem = (message: string) => ({ code: 7001, message });

const show = (right: Right, more: Parameters<typeof open>[2] = {}) =>
  open("/g/default/routes/r1?tab=versions", right, {
    [`GET ${at}`]: { ...ok(route), etag: '"r"' },
    [`GET ${at}/draft`]: { ...ok({ elements: split(30), modified_by: "ana" }), etag: '"d"' },
    [`GET ${at}/versions`]: listed({ versions: [version(2), version(1)] }),
    [`GET ${at}/deployments`]: listed({ deployments: [deployment(5, "v2"), deployment(3, "v1")] }),
    ...more,
  });
const sent = (seen: Seen[], path: string) =>
  seen.filter((it) => it.method === "POST" && it.url === `${at}${path}`);

// Pages and tabs are chunks of their own, which are made when they are first asked for.
configure({ asyncUtilTimeout: 30_000 });

beforeEach(() => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
});
const user = userEvent.setup();

describe("the tab", () => {
  it("compares what is live with the draft, and any two", async () => {
    show("Write");
    expect(await screen.findByText(/10% of all requests move from/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Compare version 1" }));
    expect(screen.getByLabelText("To")).toHaveProperty("value", "v1");
    await user.click(screen.getByRole("button", { name: "Swap the two sides" }));
    expect(screen.getByLabelText("From")).toHaveProperty("value", "v1");
  });

  it("makes a version of the draft and deploys it, if nobody was faster", async () => {
    const seen = show("Write", {
      [`POST ${at}/versions`]: { ...ok({ version_id: "v3", is_valid: true }), etag: '"r2"' },
      [`POST ${at}/deployments`]: ok({}),
    });
    await user.click(await screen.findByRole("button", { name: "Ship the draft" }));
    const dialog = await screen.findByRole("dialog");
    expect(within(dialog).getByText(/10% of all requests move from/)).toBeTruthy();
    await user.type(within(dialog).getByLabelText("Comment"), "more for one");
    await user.click(within(dialog).getByRole("button", { name: "Deploy" }));
    await screen.findByText("The draft is live.");
    expect(sent(seen, "/versions")[0]?.body).toEqual({ elements: split(30), comment: "more for one" });
    const [act] = sent(seen, "/deployments");
    expect([act?.body, act?.headers.get("if-match")]).toEqual([
      { version_id: "v3", comment: "more for one" },
      '"r2"',
    ]);
  });

  it("what the server refuses is told in the dialog, and the version made is used again", async () => {
    const seen = show("Write", {
      [`POST ${at}/versions`]: { ...ok({ version_id: "v3", is_valid: true }), etag: '"r2"' },
      [`POST ${at}/deployments`]: refused(412, [problem("Stale.")], '"r3"'),
    });
    await user.click(await screen.findByRole("button", { name: "Ship the draft" }));
    await user.click(await screen.findByRole("button", { name: "Deploy" }));
    await screen.findByText(/Somebody else changed the route/);
    await user.click(screen.getByRole("button", { name: "Deploy" }));
    await vi.waitFor(() => expect(sent(seen, "/deployments")).toHaveLength(2));
    expect(sent(seen, "/versions")).toHaveLength(1);
  });

  it("rolls back with one click", async () => {
    const seen = show("Write", { [`POST ${at}/deployments`]: ok({}) });
    await user.click(await screen.findByRole("button", { name: "Roll back to version 1" }));
    await screen.findByText("Live again: version 1.");
    const [act] = sent(seen, "/deployments");
    expect([act?.body, act?.headers.get("if-match")]).toEqual([
      { version_id: "v1", comment: "Rollback from version 2" },
      '"r"',
    ]);
  });

  it("who may only read sees the line and the comparison, and no button that would fail", async () => {
    show("Read");
    expect(await screen.findByText("the first")).toBeTruthy();
    expect(screen.queryByRole("button", { name: /Ship|Roll back|Deploy/ })).toBeNull();
  });

  it("says what could not be loaded, and asks again", async () => {
    const seen = show("Write", { [`GET ${at}/versions`]: refused(500, [problem("The disk is full.")]) });
    expect(await screen.findByText("The disk is full.")).toBeTruthy();
    const before = seen.length;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(seen.length).toBeGreaterThan(before);
  });
});
