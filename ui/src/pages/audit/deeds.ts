/** Entries of the audit log in words, and which of them are looked for. Pure. */
import type { Deed } from "./queries";

const THINGS: Readonly<Record<string, string>> = {
  gateway: "Gateway",
  route: "Route",
  version: "Version",
  deployment: "Deployment",
  draft: "Draft",
  provider_config: "Provider key",
  custom_provider: "Custom provider",
  provider_cost: "Cost of a custom provider",
  price: "Price",
  prices: "Price list",
  token: "Token",
  log: "Log",
  limit: "Limit",
};

const DONE: Readonly<Record<string, string>> = {
  create: "made",
  update: "changed",
  replace: "changed",
  delete: "deleted",
  revoke: "revoked",
  put: "set",
  import: "imported",
  reset: "reset",
};

/** `route.create` → "Route made"; what is not known stays as it is. */
export function words(action: string): string {
  if (action === "deployment.create") return "Version deployed";
  const [thing = "", done = ""] = action.split(".");
  const noun = THINGS[thing];
  const verb = DONE[done];
  return noun && verb ? `${noun} ${verb}` : action;
}

/** `from` and `to` are days, as a browser's field gives them; both are within. */
export type Wanted = {
  readonly actor: string;
  readonly action: string;
  readonly text: string;
  readonly from: string;
  readonly to: string;
};

export const ALL: Wanted = { actor: "", action: "", text: "", from: "", to: "" };

/** The first moment of a day, here; nothing for no day. */
function dayOf(text: string, later = 0): number | undefined {
  const [year, month, day] = text.split("-").map(Number);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const at = new Date(year, month - 1, day + later).getTime();
  return Number.isNaN(at) ? undefined : at;
}

/** Whether nothing older than this entry can fit: entries are newest first. */
export function isPast(it: Deed, wanted: Wanted): boolean {
  const from = dayOf(wanted.from);
  return from !== undefined && Date.parse(it.created_at) < from;
}

export function fits(it: Deed, wanted: Wanted): boolean {
  if (wanted.actor !== "" && it.actor.id !== wanted.actor) return false;
  if (wanted.action !== "" && it.action !== wanted.action) return false;
  const end = dayOf(wanted.to, 1);
  if (isPast(it, wanted) || (end !== undefined && Date.parse(it.created_at) >= end)) return false;
  const needle = wanted.text.trim().toLowerCase();
  return needle === "" || haystack(it).includes(needle);
}

function haystack(it: Deed): string {
  return [it.actor.name, it.action, it.gateway_id ?? "", it.resource, JSON.stringify(it.detail)]
    .join(" ")
    .toLowerCase();
}

/** What is called what was changed: its name where the entry has one, else its id. */
export function named(it: Deed): string {
  for (const [key, value] of Object.entries<unknown>(it.detail ?? {})) {
    if (["name", "alias", "slug"].includes(key) && typeof value === "string") return value;
  }
  return it.resource;
}
