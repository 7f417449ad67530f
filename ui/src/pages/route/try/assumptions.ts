/** What can be assumed of a graph: branches that are forced, limits that are reached, models and providers that fail. Pure. */
import { type Doc, outputs, property } from "@/graph/document";
import { kindOf } from "@/graph/kinds";

export type Choice = {
  readonly element: string;
  readonly kind: "conditional" | "percentage" | "rate" | "model";
  /** The first is what happens when nothing is assumed. */
  readonly options: readonly { readonly value: string; readonly label: string }[];
};

/** One for every element that can leave by more than one way. */
export function choices(doc: Doc): readonly Choice[] {
  return doc.flatMap((element): Choice[] => {
    const kind = kindOf(element.type);
    if (kind === "conditional" || kind === "percentage") {
      const free = kind === "conditional" ? "as the request says" : "as the dice fall";
      const forced = outputs(element).map(([name]) => ({ value: name, label: `always ${name}` }));
      return [{ element: element.id, kind, options: [{ value: "", label: free }, ...forced] }];
    }
    if (kind === "rate") {
      const options = [
        { value: "", label: "admits" },
        { value: "fallback", label: "is reached" },
      ];
      return [{ element: element.id, kind, options }];
    }
    if (kind === "model") {
      const options = [
        { value: "", label: "answers" },
        { value: "fallback", label: "fails" },
      ];
      return [{ element: element.id, kind, options }];
    }
    return [];
  });
}

/** Providers that the graph calls, and each model of theirs: what can be down. */
export function upstreams(doc: Doc): readonly string[] {
  const found = new Set<string>();
  for (const element of doc) {
    if (kindOf(element.type) !== "model") continue;
    const provider = property(element, "provider");
    const model = property(element, "model");
    if (typeof provider !== "string" || provider === "") continue;
    found.add(provider);
    if (typeof model === "string" && model !== "") found.add(`${provider}/${model}`);
  }
  return [...found].sort();
}

/** Of what was assumed, what this graph still has: the draft may have changed since. */
export function outcomes(doc: Doc, assumed: Readonly<Record<string, string>>): Record<string, string> {
  const known = choices(doc);
  return Object.fromEntries(
    Object.entries(assumed).filter(([element, output]) =>
      known.some(
        (it) => it.element === element && output !== "" && it.options.some((one) => one.value === output),
      ),
    ),
  );
}

/** Sixty-four bits of a seed, as text. */
export function anySeed(): string {
  return crypto.getRandomValues(new BigUint64Array(1))[0]?.toString() ?? "0";
}

export function isSeed(text: string): boolean {
  return /^\d{1,20}$/.test(text) && BigInt(text) < 2n ** 64n;
}

/** How many draws the slider means at each of its places. */
export const DRAWS = [0, 100, 1000, 10_000] as const;
