/** A token while it is typed. Pure. */
import { Typed } from "@/api/typed";
import type { Pair } from "@/ui/Pairs";
import type { NewToken } from "./queries";

export type Form = {
  readonly name: string;
  readonly permissions: readonly string[];
  /** As the browser's field has it, in local time; empty: it does not expire. */
  readonly expires: string;
  readonly gateways: "all" | readonly string[];
  /** Names, separated by commas or white space; empty: all. */
  readonly routes: string;
  readonly metadata: readonly Pair[];
};

export const EMPTY: Form = {
  name: "",
  permissions: ["AI Gateway Run"],
  expires: "",
  gateways: "all",
  routes: "",
  metadata: [],
};

/** Each with what it gives, as docs/api.md has it. */
export const PERMISSIONS = [
  { name: "AI Gateway Run", gives: "Calls models and routes; manages nothing." },
  { name: "AI Gateway Read", gives: "Sees everything here except tokens and the audit log." },
  { name: "AI Gateway Write", gives: "Changes everything here; Read, Pin and Custom Cost are in it." },
  { name: "AI Gateway Pin", gives: "May ask for a certain version of a route when calling." },
  { name: "AI Gateway Custom Cost", gives: "May say itself what its calls cost (cf-aig-custom-cost)." },
] as const;

/** What is sent. Throws what cannot be read, at its field. */
export function read(form: Form): NewToken {
  const typed = new Typed();
  const expires = form.expires === "" ? null : new Date(form.expires);
  if (expires !== null && Number.isNaN(expires.getTime())) typed.wrong("/expires_on", "This is no time.");
  if (form.gateways !== "all" && form.gateways.length === 0) {
    typed.wrong("/gateways", "Choose a gateway, or let it be for all of them.");
  }
  const pairs = form.metadata.filter((it) => it.key.trim() !== "" || it.value !== "");
  for (const it of pairs) {
    if (it.key.trim() === "") typed.wrong("/metadata", `“${it.value}” has no name.`);
  }
  const keys = pairs.map((it) => it.key.trim());
  const twice = keys.find((it, i) => it !== "" && keys.indexOf(it) !== i);
  if (twice !== undefined) typed.wrong("/metadata", `“${twice}” is there twice.`);
  typed.done();
  const routes = form.routes.split(/[\s,]+/).filter((it) => it !== "");
  return {
    name: form.name.trim(),
    permissions: form.permissions,
    expires_on: expires?.toISOString() ?? null,
    gateways: form.gateways === "all" ? null : form.gateways,
    routes: routes.length === 0 ? null : routes,
    metadata: Object.fromEntries(pairs.map((it) => [it.key.trim(), it.value])),
  };
}
