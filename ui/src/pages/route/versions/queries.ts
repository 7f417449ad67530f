import { infiniteQueryOptions, type QueryClient } from "@tanstack/react-query";
import { call } from "@/api/client";
import type { components } from "@/api/schema";
import type { Doc } from "@/graph/document";
import { wire } from "../draft/wire";
import { type At, BASE, documentOf, pathOf, routeKey } from "../queries";

export type Version = components["schemas"]["VersionView"];
export type Deployment = components["schemas"]["DeploymentView"];

const PER_PAGE = 50;

/** Newest first, page after page. */
export function versions(at: At) {
  return infiniteQueryOptions({
    queryKey: [...routeKey(at), "versions"],
    initialPageParam: 1,
    queryFn: async ({ pageParam, signal }): Promise<readonly Version[]> => {
      const query = { page: pageParam, per_page: PER_PAGE };
      return (await call("get", `${BASE}/routes/{id}/versions`, { path: pathOf(at), query, signal })).result
        .versions;
    },
    getNextPageParam: (last, all) => (last.length < PER_PAGE ? undefined : all.length + 1),
  });
}

export function deployments(at: At) {
  return infiniteQueryOptions({
    queryKey: [...routeKey(at), "deployments"],
    initialPageParam: 1,
    queryFn: async ({ pageParam, signal }): Promise<readonly Deployment[]> => {
      const query = { page: pageParam, per_page: PER_PAGE };
      const { result } = await call("get", `${BASE}/routes/{id}/deployments`, {
        path: pathOf(at),
        query,
        signal,
      });
      return result.deployments;
    },
    getNextPageParam: (last, all) => (last.length < PER_PAGE ? undefined : all.length + 1),
  });
}

/** A version's graph: the list carries it, as JSON or as text of it. */
export function graphOf({ data }: Version): Doc {
  const elements: unknown = typeof data === "string" ? JSON.parse(data) : data;
  return documentOf(elements);
}

type Words = { readonly comment: string; readonly ifMatch: string | undefined };

function commented(comment: string) {
  return comment.trim() === "" ? {} : { comment: comment.trim() };
}

/** Makes a version of a graph, and says which, and the route's ETag after it. */
export async function makeVersion(at: At, doc: Doc, comment: string) {
  const body = { elements: wire(doc), ...commented(comment) };
  const { result, messages, etag } = await call("post", `${BASE}/routes/{id}/versions`, {
    path: pathOf(at),
    body,
  });
  return { id: result.version_id, valid: result.is_valid, messages, etag };
}

/** Makes a version live, if nobody changed the route since `ifMatch`. */
export async function deploy(at: At, version: string, { comment, ifMatch }: Words) {
  const body = { version_id: version, ...commented(comment) };
  await call("post", `${BASE}/routes/{id}/deployments`, { path: pathOf(at), body, ifMatch: () => ifMatch });
}

/** What is shown of the route is asked for again; the draft is not: its store goes on from what it knows. */
export function refresh(client: QueryClient, at: At): Promise<unknown> {
  const key = routeKey(at);
  return Promise.all([
    client.invalidateQueries({ queryKey: key, exact: true }),
    client.invalidateQueries({ queryKey: [...key, "versions"] }),
    client.invalidateQueries({ queryKey: [...key, "deployments"] }),
    client.invalidateQueries({ queryKey: ["routes", at.account, at.gateway] }),
  ]);
}
