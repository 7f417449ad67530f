import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { GATEWAYS, open } from "@/test/page";
import { ok, refused, type Seen } from "@/test/server";

const log = (n: number, model: string) => ({
  id: `log-${n}`,
  created_at: "2027-01-01T00:00:00Z",
  provider: "echo",
  model,
  status_code: 200,
  success: true,
  cached: false,
  cost: 0.5,
  duration: 12,
  tokens_in: 3,
  tokens_out: 4,
  metadata: {},
  pointsman: { route: null, route_id: null, path: [], cause: null },
});

const asked = (seen: readonly Seen[], method: string) =>
  seen
    .filter((it) => it.method === method && it.url.includes("/logs?"))
    .map((it) => new URL(it.url, "http://x").searchParams);

const LOGS = `GET ${GATEWAYS}/default/logs`;
const two = { [LOGS]: ok([log(1, "big"), log(2, "small")], { result_info: { total_count: 2 } }) };

it("a click on a model asks for that model only, and its chip takes it back", async () => {
  const seen = open("/g/default/logs", "Write", two);
  await userEvent.click(await screen.findByTitle("Only model small"));
  const wanted = '[{"key":"model","operator":"eq","value":["small"]}]';
  await waitFor(() => expect(asked(seen, "GET").at(-1)?.get("filters")).toBe(wanted));
  await userEvent.click(await screen.findByLabelText("Remove: Model is small"));
  await waitFor(() => expect(asked(seen, "GET").at(-1)?.has("filters")).toBe(false));
  expect(document.activeElement).toBe(screen.getByText("Add filter"));
});

it("a deletion says how many, goes on until nothing is left, and spares what comes meanwhile", async () => {
  const left = [10_000, 2_345, 0];
  const seen = open("/g/default/logs", "Write", {
    [LOGS]: ok([log(1, "big")], { result_info: { total_count: 12_345 } }),
    [`DELETE ${GATEWAYS}/default/logs`]: () => ok({ deleted: left.shift() ?? 0 }),
  });
  await userEvent.click(await screen.findByText("Delete…"));
  await userEvent.click(await screen.findByText("Delete 12,345 logs"));
  await screen.findByText("12,345 logs deleted");
  expect(left).toEqual([]);
  expect(
    asked(seen, "DELETE").every((it) => it.get("filters")?.includes('"created_at","operator":"lt"')),
  ).toBe(true);
});

it("keys of metadata that no loaded log has are suggested for a filter", async () => {
  open("/g/default/logs", "Read", {
    ...two,
    [`GET ${GATEWAYS}/default/logs/metadata-keys`]: ok({ keys: ["plan", "team"], complete: true }),
  });
  await screen.findByTitle("Only model small");
  await userEvent.click(screen.getByRole("button", { name: "Add filter" }));
  await userEvent.selectOptions(screen.getByLabelText("What"), "metadata.key");
  await userEvent.type(screen.getByLabelText("Value"), "te");
  expect(await screen.findByRole("option", { name: "team" })).toBeTruthy();
});

it("a read token sees no deletion", async () => {
  open("/g/default/logs", "Read", two);
  await screen.findByTitle("Only model small");
  expect(screen.queryByText("Delete…")).toBeNull();
});

it("a gateway without logs tells how to send the first request", async () => {
  open("/g/default/logs", "Read", {
    [LOGS]: ok([], { result_info: { total_count: 0 } }),
    [`GET ${GATEWAYS}/default/url/compat`]: ok("http://gateway.example/v1/default/default/compat"),
  });
  expect(
    await screen.findByText(/curl http:\/\/gateway\.example\/v1\/default\/default\/compat\/chat/),
  ).toBeTruthy();
});

it("a filter that the server refuses is told in its words, and can be taken away", async () => {
  const why = "filter 0: `operator` `contains` does not apply to `cost`";
  const filters = encodeURIComponent('[{"key":"cost","operator":"contains","value":["1"]}]');
  open(`/g/default/logs?filters=${filters}`, "Read", {
    [LOGS]: (it) =>
      it.url.includes("filters") ? refused(400, [{ code: 7001, message: why }]) : ok([log(1, "big")]),
  });
  expect(await screen.findByText(why)).toBeTruthy();
  await userEvent.click(screen.getByText("Clear all"));
  expect(await screen.findByTitle("Only model big")).toBeTruthy();
});
