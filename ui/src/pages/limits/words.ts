/** A bucket in words. Pure. */
import { count, money } from "@/ui/format";
import type { Bucket } from "./queries";

type Owner = Bucket["owner"];
type Part = Bucket["key"][number];

export const KINDS: readonly (readonly [Owner["kind"], string])[] = [
  ["element", "Elements of routes"],
  ["gateway", "The gateway's limit of requests"],
  ["spend_rule", "Spend rules of the gateway"],
  ["provider_key", "Provider keys"],
];

/** Where the limit is written: `support / budget`. One that only another version than the deployed one has is marked. */
export function ownerWords(owner: Owner): string {
  switch (owner.kind) {
    case "element":
      return `${owner.route} / ${owner.element}${owner.version_id === undefined ? "" : " (not deployed)"}`;
    case "gateway":
      return "Requests of the gateway";
    case "spend_rule":
      return `Spend rule ${owner.rule_id}`;
    case "provider_key":
      return `Key ${owner.alias} of ${owner.provider}`;
  }
}

/** What was read to choose the bucket. The empty text stands for nothing too. */
export function valueWords({ value, name, cut }: Part): string {
  if (typeof name === "string") return name;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (cut === true) return `${text}…`;
  return text === "" ? "none" : text;
}

/** `metadata.user` is told as `user`: that is what the caller wrote. */
export function fieldWords(field: string): string {
  if (field === "request.key") return "token";
  return field.startsWith("metadata.") ? field.slice("metadata.".length) : field;
}

export function keyWords(key: readonly Part[]): string {
  if (key.length === 0) return "everybody";
  return key.map((it) => `${fieldWords(it.field)} ${valueWords(it)}`).join(", ");
}

export function amount(it: Bucket, n: number): string {
  return it.unit === "dollars" ? money(n) : count(n);
}

/** `93 of 100`. */
export function usedWords(it: Bucket): string {
  return `${amount(it, it.used)} of ${amount(it, it.limit)}`;
}

/** Who has counted what the list shows. */
export function counterWords(by: string): string {
  switch (by) {
    case "node":
      return "Counted by this node alone. Where several run, each counts for itself, and these are the counts of the one that answered; with `redis_url` they count together.";
    case "all_nodes":
      return "Counted by all nodes together, in the Redis that they share.";
    default:
      return `Counted by: ${by}.`;
  }
}

/** The server rounds down, so nothing looks full before it is. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return "<1%";
  return `${count(Math.floor(share * 100 + 1e-9))}%`;
}

/** How near: the colour of the bar. */
export function nearness(share: number): "good" | "warn" | "bad" {
  return share >= 1 ? "bad" : share >= 0.8 ? "warn" : "good";
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** A length of time in its largest whole unit: `1 hour`, `90 seconds`. */
export function span(seconds: number): string {
  const [unit, size] = UNITS.find(([, it]) => seconds >= it && seconds % it === 0) ?? ["second", 1];
  return new Intl.NumberFormat("en", { style: "unit", unit, unitDisplay: "long" }).format(seconds / size);
}

export function windowWords(it: Bucket): string {
  // "every hour", not "every 1 hour".
  const length = span(it.window).replace(/^1 /, "");
  return it.technique === "fixed" ? `every ${length}` : `in any ${length}`;
}

/** `in 40 s`, `in 3 h 20 min`, `in 2 h`; what is over is `now`. */
export function until(time: string, now: number): string {
  const seconds = Math.ceil((new Date(time).getTime() - now) / 1000);
  if (seconds <= 0) return "now";
  if (seconds < 60) return `in ${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `in ${minutes} min`;
  const [hours, days] = [Math.floor(minutes / 60), Math.floor(minutes / 1440)];
  const [whole, rest] = days > 0 ? [`${days} d`, `${hours % 24} h`] : [`${hours} h`, `${minutes % 60} min`];
  return rest.startsWith("0 ") ? `in ${whole}` : `in ${whole} ${rest}`;
}
