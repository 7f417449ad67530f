/** What an element can name: providers, models with their prices, fields. Suggestions only; the server says what is right. */
import { queryOptions } from "@tanstack/react-query";
import { call } from "@/api/client";
import { BASE } from "./queries";

const ACCOUNT = "/client/v4/accounts/{account_id}/ai-gateway" as const;

export type Model = {
  readonly provider: string;
  readonly model: string;
  /** Dollars for a million tokens; `undefined` when the catalogue has no number. */
  readonly input: number | undefined;
  readonly output: number | undefined;
};

export type Catalogue = {
  /** Slugs: those that have prices, custom ones, and `echo`, which is always there. */
  readonly providers: readonly string[];
  readonly models: readonly Model[];
  /** Keys of metadata that the latest requests carried. */
  readonly keys: readonly string[];
};

export const EMPTY: Catalogue = { providers: [], models: [], keys: [] };

/** What the gateway and the account have prices for, what was called lately, and custom providers. */
export function catalogue(account: string, gateway: string) {
  return queryOptions({
    queryKey: ["catalogue", account, gateway],
    staleTime: 5 * 60_000,
    queryFn: async ({ signal }): Promise<Catalogue> => {
      const [own, shared, custom, configured, called, keys] = await Promise.all([
        gatewayPrices(account, gateway, signal),
        accountPrices(account, signal),
        customProviders(account, signal),
        keyed(account, gateway, signal),
        recently(account, gateway, signal),
        metadataKeys(account, gateway, signal),
      ]);
      const models = new Map<string, Model>();
      for (const it of [...ECHO, ...called, ...shared, ...own]) models.set(`${it.provider}/${it.model}`, it);
      const all = [...models.values()].sort((a, b) => name(a).localeCompare(name(b)));
      const providers = new Set([...all.map((it) => it.provider), ...custom, ...configured]);
      return { providers: [...providers].sort(), models: all, keys };
    },
  });
}

/** The built-in provider, for trying out: it costs nothing and asks nobody. */
const ECHO: readonly Model[] = ["echo", "echo-slow", "echo-fail"].map((model) => ({
  provider: "echo",
  model,
  input: 0,
  output: 0,
}));

function name(it: Model): string {
  return `${it.provider}/${it.model}`;
}

const SIZE = 100;

/** Every page of a list. */
async function every<T>(page: (query: { page: number; per_page: number }) => Promise<readonly T[]>) {
  const all: T[] = [];
  for (let n = 1; ; n += 1) {
    const found = await page({ page: n, per_page: SIZE });
    all.push(...found);
    if (found.length < SIZE) return all;
  }
}

type Price = {
  readonly provider: string;
  readonly model: string;
  readonly input: string;
  readonly output: string;
};

function priced(it: Price): Model {
  // Decimal texts of dollars a token; shown for a million, to which twelve digits are enough.
  const million = (text: string) => Number((Number(text) * 1_000_000).toPrecision(12));
  return { provider: it.provider, model: it.model, input: million(it.input), output: million(it.output) };
}

async function gatewayPrices(account_id: string, gateway_id: string, signal: AbortSignal) {
  const path = { account_id, gateway_id };
  const all = await every(
    async (query) => (await call("get", `${BASE}/prices`, { path, query, signal })).result,
  );
  return all.map(priced);
}

async function accountPrices(account_id: string, signal: AbortSignal) {
  const path = { account_id };
  const all = await every(
    async (query) => (await call("get", `${ACCOUNT}/prices`, { path, query, signal })).result,
  );
  return all.map(priced);
}

async function customProviders(account_id: string, signal: AbortSignal) {
  const path = { account_id };
  const all = await every(
    async (query) => (await call("get", `${ACCOUNT}/custom-providers`, { path, query, signal })).result,
  );
  return all.map((it) => `custom-${it.slug}`);
}

async function keyed(account_id: string, gateway_id: string, signal: AbortSignal) {
  const path = { account_id, gateway_id };
  const all = await every(
    async (query) => (await call("get", `${BASE}/provider_configs`, { path, query, signal })).result,
  );
  return all.map((it) => it.provider_slug);
}

async function recently(account_id: string, gateway_id: string, signal: AbortSignal): Promise<Model[]> {
  const path = { account_id, gateway_id };
  const query = { group: "provider,model", limit: 100 };
  const { result } = await call("get", `${BASE}/analytics`, { path, query, signal });
  return result.groups.flatMap(({ group: { provider, model } }) =>
    provider && model ? [{ provider, model, input: undefined, output: undefined }] : [],
  );
}

/** Of the latest logs: there is no list of all. */
async function metadataKeys(account_id: string, gateway_id: string, signal: AbortSignal) {
  const path = { account_id, gateway_id };
  const { result } = await call("get", `${BASE}/logs`, { path, query: { per_page: 50 }, signal });
  return [...new Set(result.flatMap((it) => Object.keys(it.metadata ?? {})))].sort();
}
