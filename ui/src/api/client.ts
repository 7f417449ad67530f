/** The management API, typed by its OpenAPI document: `call("get", "/client/v4/…", {path, query, body})`. */
import type { Entry } from "./problem";
import type { paths } from "./schema";
import { send } from "./send";

type Method = "get" | "put" | "post" | "patch" | "delete";
type Paths<M extends Method> = {
  [P in keyof paths]: undefined extends paths[P][M] ? never : P;
}[keyof paths];

type InPath<O> = O extends { parameters: { path: infer P } } ? { path: P } : { path?: never };
type InQuery<O> = O extends { parameters: { query?: infer Q } } ? { query?: Q } : { query?: never };
type InBody<O> = O extends { requestBody: { content: { "application/json": infer B } } }
  ? { body: B }
  : { body?: never };

type Reply<O> = O extends { responses: { 200: { content: { "application/json": infer R } } } } ? R : never;
type Unwrapped<R> = R extends { result: infer X }
  ? X
  : R extends { data: infer X }
    ? X
    : R extends { route: infer X }
      ? X
      : R;

type Info<R> = R extends { result_info: infer I } ? I : undefined;

export type Options<O> = InPath<O> &
  InQuery<O> &
  InBody<O> & { ifMatch?: () => string | undefined; first?: boolean; signal?: AbortSignal; exact?: boolean };

export type Answer<T, I = unknown> = {
  /** `result`; of the lists of dynamic routing `data`; of PATCH on a route `route`. */
  readonly result: T;
  /** Warnings of the compiler, and settings that have no effect. */
  readonly messages: readonly Entry[];
  readonly etag: string | undefined;
  /** How many there are, of a list. */
  readonly total: number | undefined;
  /** What a list says of itself besides. */
  readonly info: I;
};

export async function call<M extends Method, P extends Paths<M>>(
  method: M,
  path: P,
  options: Options<paths[P][M]>,
): Promise<Answer<Unwrapped<Reply<paths[P][M]>>, Info<Reply<paths[P][M]>>>> {
  const { body, etag } = await send({
    method: method.toUpperCase(),
    url: url(path, options.path ?? {}, options.query ?? {}),
    body: options.body,
    ifMatch: options.ifMatch,
    first: options.first,
    signal: options.signal,
    exact: options.exact,
  });
  const result = body.result ?? body.data ?? body.route ?? body;
  const info = body.result_info as { total_count?: number } | undefined;
  return {
    result: result as Unwrapped<Reply<paths[P][M]>>,
    messages: Array.isArray(body.messages) ? (body.messages as Entry[]) : [],
    etag,
    total: info?.total_count,
    info: body.result_info as Info<Reply<paths[P][M]>>,
  };
}

/** A template with its names filled in, each encoded, and a query without what is absent. */
export function url(template: string, names: object, query: object): string {
  const filled = new Map<string, unknown>(Object.entries(names));
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(filled.get(name) ?? "")),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") search.append(name, String(value));
  }
  const text = search.toString();
  return text === "" ? path : `${path}?${text}`;
}
