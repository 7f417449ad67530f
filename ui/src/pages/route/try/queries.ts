import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call } from "@/api/client";
import type { components } from "@/api/schema";
import type { Doc } from "@/graph/document";
import { Raw } from "@/graph/exact";
import { type At, BASE, pathOf } from "../queries";
import type { Ready, Sample } from "./sample";

export type Simulated = components["schemas"]["Simulated"];

export type Asked = {
  readonly sample: Sample;
  readonly request: Ready;
  /** A stored version, or the graph that the editor shows. */
  readonly what: { readonly version: string } | { readonly doc: Doc };
  readonly outcomes: Readonly<Record<string, string>>;
  readonly down: readonly string[];
  readonly seed: string;
  readonly draws: number;
};

export function simulation(at: At, asked: Asked | undefined) {
  return queryOptions({
    queryKey: ["route", at.account, at.gateway, at.id, "simulation", asked],
    enabled: asked !== undefined,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      if (asked === undefined) throw new Error("nothing is asked");
      const reply = await call("post", `${BASE}/routes/{id}/simulate`, {
        path: pathOf(at),
        body: bodyOf(asked),
        signal,
        exact: true,
      });
      return reply.result;
    },
  });
}

function bodyOf(asked: Asked): components["schemas"]["SimulateRoute"] {
  const { sample, request, what } = asked;
  const body = {
    request: {
      format: sample.format,
      body: new Raw(request.body),
      headers: request.headers,
      ...(request.metadata === null ? {} : { metadata: request.metadata }),
      ...(sample.token === "" ? {} : { token_id: sample.token }),
      ...(sample.at === "" ? {} : { at: new Date(sample.at).toISOString() }),
    },
    ...("version" in what ? { version_id: what.version } : { elements: what.doc }),
    outcomes: asked.outcomes,
    down: asked.down,
    seed: asked.seed,
    ...(asked.draws === 0 ? {} : { distribution: asked.draws }),
  };
  // The document types free JSON as objects without members.
  const sent: unknown = body;
  return sent as components["schemas"]["SimulateRoute"];
}
