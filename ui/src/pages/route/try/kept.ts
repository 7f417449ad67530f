/** Samples of a route that this browser keeps, by name. Without secrets (`keepable`); a browser that keeps nothing loses them with the page. */
import { isSample, keepable, type Sample } from "./sample";

export type Kept = { readonly name: string; readonly sample: Sample };
type Route = { readonly account: string; readonly gateway: string; readonly id: string };

function keyOf(route: Route): string {
  return `pointsman-samples:${route.account}/${route.gateway}/${route.id}`;
}

export function readKept(route: Route): readonly Kept[] {
  try {
    const all: unknown = JSON.parse(localStorage.getItem(keyOf(route)) ?? "[]");
    if (!Array.isArray(all)) return [];
    return all.flatMap((it: unknown) => {
      if (typeof it !== "object" || it === null) return [];
      const { name, sample }: { name?: unknown; sample?: unknown } = it;
      return typeof name === "string" && isSample(sample) ? [{ name, sample }] : [];
    });
  } catch {
    return [];
  }
}

/** Says whether the browser took it. */
export function writeKept(route: Route, all: readonly Kept[]): boolean {
  try {
    const safe = all.map(({ name, sample }) => ({ name, sample: keepable(sample) }));
    localStorage.setItem(keyOf(route), JSON.stringify(safe));
    return true;
  } catch {
    return false;
  }
}
