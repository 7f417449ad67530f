import { queryOptions } from "@tanstack/react-query";
import { call } from "@/api/client";
import { every } from "@/api/every";
import type { Entry } from "@/api/problem";
import type { components } from "@/api/schema";
import { type Changes, CUSTOM, type Custom } from "../custom-providers/queries";

export type Cost = components["schemas"]["CostView"];
export type Tried = components["schemas"]["TriedView"];
export type NewCost = {
  readonly model: string;
  readonly model_rule: string;
  readonly cost_in: number | null;
  readonly cost_out: number | null;
  readonly token_pricing: object | null;
  readonly enable: boolean;
};

export function customProvider(account: string, id: string) {
  return queryOptions({
    queryKey: ["custom-providers", account, id],
    queryFn: async ({ signal }) =>
      (await call("get", `${CUSTOM}/{id}`, { path: { account_id: account, id }, signal })).result,
    refetchOnWindowFocus: false,
  });
}

export type Changed = { readonly custom: Custom; readonly messages: readonly Entry[] };

export async function change(account: string, id: string, body: Changes): Promise<Changed> {
  const { result, messages } = await call("patch", `${CUSTOM}/{id}`, {
    path: { account_id: account, id },
    body,
  });
  return { custom: result, messages };
}

export async function remove(account: string, id: string, force: boolean): Promise<void> {
  await call("delete", `${CUSTOM}/{id}`, { path: { account_id: account, id }, query: { force } });
}

export async function attempt(account: string, id: string, gateway: string, model: string): Promise<Tried> {
  const body = { model, gateway_id: gateway };
  return (await call("post", `${CUSTOM}/{id}/test`, { path: { account_id: account, id }, body })).result;
}

export function costs(account: string, provider: string) {
  return queryOptions({
    queryKey: ["custom-costs", account, provider],
    queryFn: ({ signal }) =>
      every((page) => {
        const query = { ...page, account_provider_id: provider };
        return call("get", `${CUSTOM}/costs`, { path: { account_id: account }, query, signal });
      }),
  });
}

export async function saveCost(
  account: string,
  provider: string,
  id: string | undefined,
  cost: NewCost,
): Promise<Cost> {
  // The document types free members as none at all.
  const body: components["schemas"]["Written"] = JSON.parse(JSON.stringify(cost));
  if (id === undefined) {
    const made = { ...body, account_provider_id: provider, cost_type: "tokens" };
    return (await call("post", `${CUSTOM}/costs`, { path: { account_id: account }, body: made })).result;
  }
  return (await call("patch", `${CUSTOM}/costs/{id}`, { path: { account_id: account, id }, body })).result;
}

export async function removeCost(account: string, id: string): Promise<void> {
  await call("delete", `${CUSTOM}/costs/{id}`, { path: { account_id: account, id } });
}
