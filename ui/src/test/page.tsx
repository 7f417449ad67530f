/** The application at one of its pages, before a server that answers as told. */
import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import { newQueryClient } from "@/api/queries";
import { newRouter } from "@/app/router";
import type { Session } from "@/session/session";
import { ok, serve } from "./server";

export const ACCOUNT = "/client/v4/accounts/default/ai-gateway";
export const GATEWAYS = `${ACCOUNT}/gateways`;

export type Right = "Read" | "Write";

/** Who may do that in every gateway. */
export function sessionOf(right: Right): Session {
  return {
    account_id: "default",
    token: { id: "t", name: "me" },
    permissions: [`AI Gateway ${right}`],
    gateways: null,
    routes: null,
    expires_on: "2027-11-26T20:00:00Z",
  };
}

/** A list as Cloudflare's own operations answer. */
export function listed(data: object) {
  return { body: { success: true, errors: [], messages: [], data } };
}

/** Opens a page for whom may do that, in the gateway `default`, without routes unless they are told; returns what is asked of the server. */
export function open(path: string, right: Right, answers: Parameters<typeof serve>[0] = {}) {
  const seen = serve({
    "GET /session": ok(sessionOf(right)),
    [`GET ${GATEWAYS}`]: ok([{ id: "default" }], { result_info: { total_count: 1 } }),
    [`GET ${GATEWAYS}/default/routes`]: listed({ routes: [] }),
    ...answers,
  });
  show(path);
  return seen;
}

/** Shows a page, whatever the server answers; returns what the application knows of it. */
export function show(path: string) {
  const queries = newQueryClient();
  const router = newRouter(createMemoryHistory({ initialEntries: [path] }));
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return queries;
}
