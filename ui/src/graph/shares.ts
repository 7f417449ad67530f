/** The shares of a percentage element as rows, and back to the names of its outputs. */
import { type Element, outputs } from "./document";
import { freshShare } from "./edit";
import { isObject, type JsonObject, member, withMember } from "./json";
import { share, shareName } from "./kinds";

export type Share = {
  /** The output's name as it is. */
  readonly output: string;
  /** Hundredths of a percent; `undefined`: the name is `else`, or no share. */
  readonly hundredths: number | undefined;
  readonly label: string | undefined;
  readonly to: string | undefined;
};

export const WHOLE = 10_000;
/** Besides `else`. */
export const MOST = 5;

export function sharesOf(element: Element): readonly Share[] {
  return outputs(element).map(([output, to]) => {
    const it = share(output);
    return { output, hundredths: it?.share, label: it?.label, to };
  });
}

/** What the shares add up to, `else` not counted. */
export function total(all: readonly Share[]): number {
  return all.reduce((sum, it) => sum + (it.hundredths ?? 0), 0);
}

export function hasElse(all: readonly Share[]): boolean {
  return all.some((it) => it.output === "else");
}

/** `12.5` or `12.5%` as hundredths; `undefined` for what is no share. */
export function hundredthsOf(text: string): number | undefined {
  return share(`${text.trim().replace(/%$/, "").replace(",", ".")}%`)?.share;
}

/** One more share: what is missing to the whole, or 10%. It leads nowhere yet, which the server says. */
export function addShare(element: Element): Element {
  const missing = WHOLE - total(sharesOf(element));
  return withOutput(
    element,
    freshShare(element, missing > 0 && !hasElse(sharesOf(element)) ? missing : 1000),
  );
}

export function addElse(element: Element): Element {
  return withOutput(element, "else");
}

function withOutput(element: Element, name: string): Element {
  const all = member(element, "outputs");
  // A draft must have the form of a graph: an output without an `elementId` is refused, one that leads to no element is a problem.
  return withMember(element, "outputs", withMember(isObject(all) ? all : {}, name, { elementId: "" }));
}

type Wish = { readonly hundredths: number; readonly label: string | undefined };

/**
 * Gives outputs other names, each in its place and leading where it led. Of two that would be called alike the later one gets a
 * label, because JSON keeps only one of two equal keys.
 */
export function reshare(element: Element, wishes: ReadonlyMap<string, Wish>): Element {
  const all = member(element, "outputs");
  if (!isObject(all) || wishes.size === 0) return element;
  const taken = new Set(Object.keys(all).filter((it) => !wishes.has(it)));
  const entries = Object.entries(all).map(([name, value]) => {
    const wish = wishes.get(name);
    if (wish === undefined) return [name, value] as const;
    const next = free(wish, taken);
    taken.add(next);
    return [next, value] as const;
  });
  const next: JsonObject = Object.fromEntries(entries);
  return Object.keys(next).join("\u0000") === Object.keys(all).join("\u0000")
    ? element
    : withMember(element, "outputs", next);
}

function free({ hundredths, label }: Wish, taken: ReadonlySet<string>): string {
  const plain = shareName(hundredths, label);
  if (!taken.has(plain)) return plain;
  const labels = new Set([...taken].map((it) => share(it)?.label));
  for (let n = 0; ; n += 1) {
    const next = `${label ?? ""}${letter(n)}`;
    const name = shareName(hundredths, next);
    if (!taken.has(name) && !labels.has(next)) return name;
  }
}

/** b, c, … z, then bb, cc, …: the first of a pair keeps its plain name. */
function letter(n: number): string {
  return String.fromCharCode(98 + (n % 25)).repeat(1 + Math.floor(n / 25));
}

/**
 * The shares in their proportions, adding up to a whole: what rounding leaves goes to those that it cut most. Shares of nothing
 * become equal ones. With an `else` there is nothing to add up unless they are beyond the whole.
 */
export function madeWhole(element: Element): Element {
  const rows = sharesOf(element).filter((it) => it.hundredths !== undefined);
  const sum = total(rows);
  if (rows.length === 0 || sum === WHOLE || (hasElse(sharesOf(element)) && sum < WHOLE)) return element;
  const exact = rows.map((it) => (sum === 0 ? WHOLE / rows.length : ((it.hundredths ?? 0) * WHOLE) / sum));
  const parts = exact.map(Math.floor);
  const left = WHOLE - parts.reduce((a, b) => a + b, 0);
  const cut = exact
    .map((it, i) => [it - Math.floor(it), i] as const)
    .sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  for (const [, i] of cut.slice(0, left)) parts[i] = (parts[i] ?? 0) + 1;
  return reshare(
    element,
    new Map(rows.map((it, i) => [it.output, { hundredths: parts[i] ?? 0, label: it.label }])),
  );
}
