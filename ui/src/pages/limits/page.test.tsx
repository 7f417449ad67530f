import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { GATEWAYS, listed, open, type Right } from "@/test/page";
import { ok, refused, type Seen } from "@/test/server";

const LIMITS = `${GATEWAYS}/default/limits`;
const bucket = (user: string, settled: number, held = 0) => ({
  bucket: `id-${user}`,
  owner: { kind: "element", route_id: "r1", route: "support", element: "budget" },
  key: [{ field: "metadata.user", value: user }],
  unit: "requests",
  limit: 100,
  used: settled + held,
  settled,
  held,
  share: (settled + held) / 100,
  window: 3600,
  technique: "sliding",
  refills_at: "2027-01-01T00:00:00Z",
  resets_at: "2027-01-01T01:00:00Z",
});
const limits = (rows: readonly unknown[], more: object = {}) =>
  ok(rows, { result_info: { total_count: rows.length, complete: true, counted_by: "node" }, ...more });

const show = (right: Right, more: Parameters<typeof open>[2] = {}) =>
  open("/g/default/limits", right, {
    [`GET ${GATEWAYS}/default/routes`]: listed({ routes: [{ id: "r1", name: "support" }] }),
    [`GET ${LIMITS}`]: limits([bucket("ana", 93, 5), bucket("ben", 40)]),
    ...more,
  });

const asked = (seen: readonly Seen[]) =>
  seen
    .filter((it) => it.method === "GET" && it.url.includes("/limits?"))
    .map((it) => new URL(it.url, "http://x").searchParams);

it("who is near the limit is told with how much of it is used", async () => {
  show("Read");
  const table = await screen.findByRole("table");
  const [, first, second] = within(table).getAllByRole("row");
  expect(first?.textContent).toContain("user ana");
  expect(first?.textContent).toContain("98%98 of 100");
  expect(second?.textContent).toContain("40%40 of 100");
  expect(screen.queryByText("Reset")).toBeNull();
});

it("an operator of several nodes is told which of them have counted", async () => {
  const list = (counted_by: string) => ({
    [`GET ${LIMITS}`]: ok([bucket("ana", 1)], { result_info: { total_count: 1, counted_by } }),
  });
  show("Read", list("node"));
  await screen.findByText(/^Counted by this node alone\. Where several run, each counts for itself/);
  cleanup();
  show("Read", list("all_nodes"));
  await screen.findByText("Counted by all nodes together, in the Redis that they share.");
});

it("a reset says what is forgotten, is done once it is confirmed, and the list is read anew", async () => {
  const seen = show("Write", {
    [`POST ${LIMITS}/reset`]: ok(bucket("ana", 93, 5)),
  });
  await userEvent.click(await screen.findByLabelText("Reset user ana at support / budget"));
  expect(screen.getByText(/93 of 100 when this was last read/)).toBeTruthy();
  expect(screen.getByText(/The 5 that calls under way hold stay held/)).toBeTruthy();
  expect(seen.some((it) => it.method === "POST")).toBe(false);
  const before = asked(seen).length;
  await userEvent.click(screen.getByText("Reset it"));
  await screen.findByText("user ana begins anew: 93 forgotten");
  expect(seen.find((it) => it.method === "POST")?.body).toEqual({ bucket: "id-ana" });
  await waitFor(() => expect(asked(seen).length).toBeGreaterThan(before));
});

it("a reset that is refused says why and leaves the question open", async () => {
  show("Write", {
    [`POST ${LIMITS}/reset`]: refused(503, [{ code: 7513, message: "does not answer" }]),
  });
  await userEvent.click(await screen.findByLabelText("Reset user ben at support / budget"));
  await userEvent.click(screen.getByText("Reset it"));
  expect(await screen.findByText("does not answer")).toBeTruthy();
  expect(screen.getByText("Reset it")).toBeTruthy();
});

it("filters are asked of the server, and other kinds than elements have no route", async () => {
  const seen = show("Read");
  await screen.findByRole("table");
  await userEvent.selectOptions(screen.getByLabelText("Route"), "support");
  await userEvent.selectOptions(screen.getByLabelText("Used"), "80% or more");
  await userEvent.type(screen.getByLabelText("Search"), "an");
  const last = () => Object.fromEntries(asked(seen).at(-1) ?? []);
  const first = { page: "1", per_page: "100" };
  await waitFor(() => expect(last()).toEqual({ ...first, search: "an", min_share: "0.8", route: "support" }));
  await userEvent.selectOptions(screen.getByLabelText("Limits"), "Provider keys");
  await waitFor(() =>
    expect(last()).toEqual({ ...first, search: "an", min_share: "0.8", kind: "provider_key" }),
  );
  expect(screen.queryByLabelText("Route")).toBeNull();
});

it("nothing in use, and nothing that fits, are told apart", async () => {
  show("Read", { [`GET ${LIMITS}`]: limits([]) });
  await screen.findByText("No limit is in use");
  await userEvent.type(screen.getByLabelText("Search"), "x");
  await screen.findByText("No limit in use fits");
  await userEvent.click(screen.getByText("Show all of them"));
  await screen.findByText("No limit is in use");
});

it("what could not be looked at is said, and so is what could not be loaded", async () => {
  const message = "buckets may be missing here";
  show("Read", {
    [`GET ${LIMITS}`]: limits([bucket("ana", 1)], { messages: [{ code: 7001, message }] }),
  });
  await screen.findByText(message);
  cleanup();
  show("Read", {
    [`GET ${LIMITS}`]: refused(403, [{ code: 9109, message: "not for you" }]),
  });
  await screen.findByText("not for you");
});
