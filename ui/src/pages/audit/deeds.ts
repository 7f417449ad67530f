/** Entries of the audit log in words, and how some of them are asked for. Pure. */
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

/** What is asked for; empty: whatever it is. `from` and `to` are days, as a browser's field gives them; both are within. */
export type Wanted = {
  readonly gateway: string;
  readonly actor: string;
  readonly action: string;
  readonly text: string;
  readonly from: string;
  readonly to: string;
};

export const ALL: Wanted = { gateway: "", actor: "", action: "", text: "", from: "", to: "" };

/** With what is asked for now too; what asks for nothing is `ALL` itself. */
export function and(wanted: Wanted, next: Partial<Wanted>): Wanted {
  const now = { ...wanted, ...next };
  return Object.values(now).every((it) => it === "") ? ALL : now;
}

/** As the API is asked; times are shown, and compared, to the millisecond. */
export function asked({ gateway, actor, action, text, from, to }: Wanted) {
  const end = dayOf(to, 1);
  return {
    gateway_id: gateway,
    actor_id: actor,
    action,
    search: text.trim(),
    start_date: moment(dayOf(from)),
    end_date: moment(end === undefined ? undefined : end - 1),
  };
}

/** The first moment of a day, here; nothing for no day. */
function dayOf(text: string, later = 0): number | undefined {
  const [year, month, day] = text.split("-").map(Number);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const at = new Date(year, month - 1, day + later).getTime();
  return Number.isNaN(at) ? undefined : at;
}

function moment(at: number | undefined): string {
  return at === undefined ? "" : new Date(at).toISOString();
}

/** Each once: what comes in while one reads moves others to the next page. */
export function distinct(deeds: readonly Deed[]): readonly Deed[] {
  return [...new Map(deeds.map((it) => [it.id, it])).values()];
}

/** What is called what was changed: its name where the entry has one, else its id. */
export function named(it: Deed): string {
  for (const [key, value] of Object.entries<unknown>(it.detail ?? {})) {
    if (["name", "alias", "slug"].includes(key) && typeof value === "string") return value;
  }
  return it.resource;
}
