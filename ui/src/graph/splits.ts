/** How shares move between two states of one percentage element. */
import { type Doc, type Element, outputs } from "./document";
import { named, percent, shares } from "./words";

export type Move = { readonly from: string; readonly to: string; readonly hundredths: number };

/**
 * Which shares go where, by target: what one target loses another gains. Losers and gainers are matched in their order, so the
 * moves are as few as that allows.
 */
export function moves(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): readonly Move[] {
  const delta = (id: string) => (after.get(id) ?? 0) - (before.get(id) ?? 0);
  const ids = [...new Set([...before.keys(), ...after.keys()])];
  const gains = ids.filter((it) => delta(it) > 0).map((id) => ({ id, left: delta(id) }));
  const found: Move[] = [];
  for (const from of ids.filter((it) => delta(it) < 0)) {
    let left = -delta(from);
    for (const gain of gains) {
      const hundredths = Math.min(left, gain.left);
      if (hundredths > 0) found.push({ from, to: gain.id, hundredths });
      left -= hundredths;
      gain.left -= hundredths;
    }
  }
  return found;
}

/** Hundredths of a percent by the element that they lead to; `undefined` when they are no whole. */
export function byTarget(element: Element): ReadonlyMap<string, number> | undefined {
  const all = outputs(element);
  const parts = shares(all.map(([name]) => name));
  if (parts === undefined) return undefined;
  const sums = new Map<string, number>();
  let total = 0;
  for (const [name, to] of all) {
    const part = parts.get(name) ?? 0;
    total += part;
    if (to !== undefined && part > 0) sums.set(to, (sums.get(to) ?? 0) + part);
  }
  return total === 10_000 ? sums : undefined;
}

export function splitSentences(before: Doc, after: Doc, was: Element, now: Element): readonly string[] {
  const [old, fresh] = [byTarget(was), byTarget(now)];
  const names = (it: Element) => outputs(it).map(([name, to]) => `${name} → ${to ?? "nowhere"}`);
  const [a, b] = [names(was), names(now)];
  if (old === undefined || fresh === undefined) {
    if (a.join() === b.join()) return [];
    return [`\`${now.id}\` splits ${b.join(", ") || "nothing"} instead of ${a.join(", ") || "nothing"}.`];
  }
  const what =
    everything(after, now) && everything(before, was)
      ? "of all requests"
      : `of the requests at \`${now.id}\``;
  const moved = moves(old, fresh).map(
    ({ from, to, hundredths }) =>
      `${percent(hundredths)} ${what} ${hundredths === 100 ? "moves" : "move"} from ${named(before, from)} to ${named(after, to)}.`,
  );
  if (moved.length > 0) return moved;
  const same = [...a].sort().join() === [...b].sort().join();
  return same
    ? []
    : [
        `\`${now.id}\` names its shares otherwise: ${b.join(", ")} instead of ${a.join(", ")}. Sticky choices may move.`,
      ];
}

/** Whether every request of the route comes to the element: the start leads to it. */
function everything(doc: Doc, element: Element): boolean {
  const start = doc.find((it) => it.type === "start");
  return start !== undefined && outputs(start).some(([name, to]) => name === "next" && to === element.id);
}
