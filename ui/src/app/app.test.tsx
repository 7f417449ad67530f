import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { may, type Session } from "@/session/session";
import { GATEWAYS, listed, sessionOf, show } from "@/test/page";
import { ok, refused, serve } from "@/test/server";

const session = { ...sessionOf("Write"), token: { id: "t", name: "admin" } };
const route = {
  id: "r1",
  name: "support",
  elements: [],
  deployment: { created_at: "2026-11-26T11:00:00Z", created_by: "ci" },
  version: { number: 3 },
};
const pages = {
  [`GET ${GATEWAYS}`]: ok([{ id: "default" }], { result_info: { total_count: 1 } }),
  [`GET ${GATEWAYS}/default/routes`]: listed({ routes: [route] }),
  [`GET ${GATEWAYS}/default/analytics`]: ok({
    groups: [{ group: { route: "r1" }, requests: 1200, errors: 6, cost: 1.5 }],
  }),
};

it("logging out asks about unsaved work that is kept, and forgets it only when one says so", async () => {
  const user = userEvent.setup();
  localStorage.setItem("pointsman-draft:default/t/default/r1/gone", "{}");
  localStorage.setItem("pointsman-draft:default/other/default/r1/gone", "{}");
  const seen = serve({ ...pages, "GET /session": ok(session), "DELETE /session": ok({}) });
  show("/");
  const out = async () => {
    await user.click(await screen.findByRole("button", { name: "admin" }));
    await user.click(await screen.findByRole("menuitem", { name: "Log out" }));
  };
  await out();
  await user.click(screen.getByRole("button", { name: "Stay" }));
  expect(seen.some((it) => it.method === "DELETE")).toBe(false);
  await out();
  await user.click(screen.getByRole("button", { name: "Forget it, and log out" }));
  await waitFor(() => expect(seen.some((it) => it.method === "DELETE")).toBe(true));
  expect(Object.keys(localStorage)).toEqual(["pointsman-draft:default/other/default/r1/gone"]);
  localStorage.clear();
});

it("a wrong token is told at the field; a right one leads to the routes and their traffic", async () => {
  const nobody = refused(401, [{ code: 1000, message: "no token" }]);
  const seen = serve({
    ...pages,
    "GET /session": nobody,
    "POST /session": (it) =>
      (it.body as { token: string }).token === "right"
        ? ok(session)
        : refused(401, [{ code: 1000, message: "this is not a token of this server" }]),
  });
  show("/");
  const field = await screen.findByLabelText("Token");
  await userEvent.type(field, "wrong{Enter}");
  expect((await screen.findByRole("alert")).textContent).toContain("this is not a token");
  expect(field.getAttribute("aria-invalid")).toBe("true");
  // Asking for the session again would put a new, empty form in the place of this one.
  window.dispatchEvent(new Event("visibilitychange"));
  expect(seen.filter((it) => it.method === "GET")).toHaveLength(1);
  expect(field.isConnected).toBe(true);
  await userEvent.clear(field);
  await userEvent.type(field, "right{Enter}");
  expect((await screen.findByText("support")).closest("tr")?.textContent).toContain("1,200");
  expect(screen.getByText("0.5%")).toBeTruthy();
  expect(seen.find((it) => it.method === "POST")?.headers.get("x-pointsman-ui")).toBe("1");
});

it("a session that ends while a page is open leads to the login", async () => {
  const nobody = refused(401, [{ code: 1000, message: "no token" }]);
  let there = true;
  serve({
    ...pages,
    [`GET ${GATEWAYS}/default/analytics`]: () =>
      there ? pages[`GET ${GATEWAYS}/default/analytics`] : nobody,
    "GET /session": () => (there ? ok(session) : nobody),
  });
  const queries = show("/");
  await screen.findByText("support");
  there = false;
  await queries.refetchQueries({ queryKey: ["routes"] });
  expect(await screen.findByLabelText("Token")).toBeTruthy();
  expect(screen.queryByText("support")).toBeNull();
});

it("a token limited to gateways begins at one that it sees, and is told that it only reads", async () => {
  const limited = { ...session, permissions: ["AI Gateway Read"], gateways: ["eu"] };
  const routes = pages[`GET ${GATEWAYS}/default/routes`];
  serve({
    ...pages,
    "GET /session": ok(limited),
    [`GET ${GATEWAYS}`]: ok([{ id: "eu" }], { result_info: { total_count: 1 } }),
    [`GET ${GATEWAYS}/eu/routes`]: routes,
    [`GET ${GATEWAYS}/eu/analytics`]: pages[`GET ${GATEWAYS}/default/analytics`],
  });
  show("/");
  await waitFor(() => expect(screen.getByLabelText("Gateway")).toHaveProperty("value", "eu"));
  expect(await screen.findByText("support")).toBeTruthy();
  expect(screen.getByText(/read only/)).toBeTruthy();
});

it("a right is what the API would allow", () => {
  const rights = (it: Partial<Session>) =>
    (["read", "write", "admin"] as const).filter((right) => may({ ...session, ...it }, right));
  expect(rights({})).toEqual(["read", "write", "admin"]);
  expect(rights({ gateways: ["g"] })).toEqual(["read", "write"]);
  expect(rights({ permissions: ["AI Gateway Read"] })).toEqual(["read"]);
  expect(rights({ permissions: ["AI Gateway Run"] })).toEqual([]);
  expect(rights({ routes: ["support"] })).toEqual([]);
});
