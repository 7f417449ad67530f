import { queryOptions } from "@tanstack/react-query";
import { call } from "@/api/client";
import { every } from "@/api/every";
import type { components } from "@/api/schema";

export type Token = components["schemas"]["TokenView"];
export type Created = components["schemas"]["CreatedToken"];
export type NewToken = {
  readonly name: string;
  readonly permissions: readonly string[];
  readonly expires_on: string | null;
  readonly gateways: readonly string[] | null;
  readonly routes: readonly string[] | null;
  readonly metadata: object;
};

const TOKENS = "/client/v4/accounts/{account_id}/tokens" as const;

export function tokens(account: string) {
  return queryOptions({
    queryKey: ["tokens", account],
    queryFn: ({ signal }) =>
      every((query) => call("get", TOKENS, { path: { account_id: account }, query, signal })),
  });
}

export async function create(account: string, token: NewToken): Promise<Created> {
  // The document types free members as none at all.
  const body: components["schemas"]["CreateToken"] = JSON.parse(JSON.stringify(token));
  return (await call("post", TOKENS, { path: { account_id: account }, body })).result;
}

export async function revoke(account: string, id: string): Promise<void> {
  await call("delete", `${TOKENS}/{id}`, { path: { account_id: account, id } });
}
