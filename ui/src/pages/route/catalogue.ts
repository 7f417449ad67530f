/** What an element can name: providers, models with their prices, fields. Suggestions only; the server says what is right. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { call } from "@/api/client";
import { every } from "@/api/every";
import { metadataKeys } from "@/api/metadata";
import type { components } from "@/api/schema";
import { BASE } from "./queries";

type Offered = components["schemas"]["ProviderOffered"];
type Listed = components["schemas"]["ModelView"];

export type Model = {
  readonly provider: string;
  readonly model: string;
  /** Dollars for a million tokens; `undefined` when nobody knows. */
  readonly input: number | undefined;
  readonly output: number | undefined;
  /** Most tokens it reads; `undefined` when nobody knows. */
  readonly context?: number | undefined;
  /** It is for embeddings, not for conversations. */
  readonly embeds?: boolean | undefined;
};

export type Provider = { readonly slug: string; readonly note: string };

export type Catalogue = {
  /** Those that a route can call, the ones that are ready first. */
  readonly providers: readonly Provider[];
  /** Of the provider that was asked for, and those that were called lately. */
  readonly models: readonly Model[];
  /** Keys of metadata that requests have carried. */
  readonly keys: readonly string[];
};

const NO_PROVIDERS: readonly Provider[] = [];
const NO_MODELS: readonly Model[] = [];
const NO_KEYS: readonly string[] = [];

/** What can be named in this gateway; `provider`: the one whose models are wanted. What cannot be had is left out. */
export function useCatalogue(account: string, gateway: string, provider: string): Catalogue {
  const { data: providers = NO_PROVIDERS } = useQuery(callableProviders(account, gateway));
  const { data: called = NO_MODELS } = useQuery(calledLately(account, gateway));
  const { data: keys = NO_KEYS } = useQuery(metadataKeys(account, gateway));
  const enabled = providers.some((it) => it.slug === provider);
  const { data: listed = NO_MODELS } = useQuery({ ...modelsOf(account, gateway, provider), enabled });
  return useMemo(
    () => ({ providers, models: joined(called, listed), keys }),
    [providers, called, listed, keys],
  );
}

/** For whoever has not chosen a provider yet: the models of all that are ready, and those that were called lately. */
export function readyModels(account_id: string, gateway_id: string) {
  return queryOptions({
    queryKey: ["catalogue", account_id, gateway_id, "ready"],
    staleTime: 60_000,
    queryFn: async ({ signal }): Promise<readonly Model[]> => {
      const all = await offered(account_id, gateway_id, signal);
      const ready = all.filter((it) => it.ready).map((it) => it.provider);
      const [called, ...listed] = await Promise.all([
        recently(account_id, gateway_id, signal),
        ...ready.map((provider) => models(account_id, gateway_id, provider, signal)),
      ]);
      return joined(called, listed.flat());
    },
  });
}

/** Each model once, by what is known of it rather than by having been called. */
export function joined(called: readonly Model[], listed: readonly Model[]): readonly Model[] {
  const all = new Map<string, Model>();
  for (const it of [...called, ...listed]) all.set(name(it), it);
  return [...all.values()].sort((a, b) => name(a).localeCompare(name(b)));
}

function name(it: Model): string {
  return `${it.provider}/${it.model}`;
}

function callableProviders(account_id: string, gateway_id: string) {
  return queryOptions({
    queryKey: ["catalogue", account_id, gateway_id],
    staleTime: 60_000,
    queryFn: async ({ signal }) => callable(await offered(account_id, gateway_id, signal)),
  });
}

function calledLately(account_id: string, gateway_id: string) {
  return queryOptions({
    queryKey: ["catalogue", account_id, gateway_id, "called"],
    staleTime: 60_000,
    queryFn: ({ signal }) => recently(account_id, gateway_id, signal),
  });
}

function offered(account_id: string, gateway_id: string, signal: AbortSignal) {
  const path = { account_id, gateway_id };
  return every((query) => call("get", `${BASE}/providers`, { path, query, signal }));
}

/** Those that routes can call, with what is to be known before one is chosen. */
export function callable(all: readonly Offered[]): readonly Provider[] {
  const inRoutes = all.filter((it) => it.not_in_routes === null || it.not_in_routes === undefined);
  const sorted = [...inRoutes].sort(
    (a, b) => Number(b.ready) - Number(a.ready) || a.provider.localeCompare(b.provider),
  );
  return sorted.map((it) => ({ slug: it.provider, note: keyNote(it) }));
}

export function keyNote(it: Offered): string {
  if (it.stored_keys === 1) return "1 key here";
  if (it.stored_keys > 1) return `${it.stored_keys} keys here`;
  if (it.server_key) return "key of the server";
  return it.ready ? "needs no key" : "no key yet";
}

function modelsOf(account_id: string, gateway_id: string, provider: string) {
  return queryOptions({
    queryKey: ["catalogue", account_id, gateway_id, "models", provider],
    staleTime: 5 * 60_000,
    queryFn: ({ signal }) => models(account_id, gateway_id, provider, signal),
  });
}

async function models(account_id: string, gateway_id: string, provider: string, signal: AbortSignal) {
  const path = { account_id, gateway_id };
  const all = await every((page) =>
    call("get", `${BASE}/models`, { path, query: { ...page, provider }, signal }),
  );
  return all.map(model);
}

export function model(it: Listed): Model {
  // Decimal texts of dollars a token; shown for a million, to which twelve digits are enough.
  const million = (text: string | undefined) =>
    text === undefined ? undefined : Number((Number(text) * 1_000_000).toPrecision(12));
  return {
    provider: it.provider,
    model: it.model,
    input: million(it.price?.input),
    output: million(it.price?.output),
    context: it.context ?? undefined,
    embeds: it.mode === "embeddings",
  };
}

async function recently(account_id: string, gateway_id: string, signal: AbortSignal): Promise<Model[]> {
  const path = { account_id, gateway_id };
  const query = { group: "provider,model", limit: 100 };
  const { result } = await call("get", `${BASE}/analytics`, { path, query, signal });
  return result.groups.flatMap(({ group: { provider, model } }) =>
    provider && model ? [{ provider, model, input: undefined, output: undefined }] : [],
  );
}
