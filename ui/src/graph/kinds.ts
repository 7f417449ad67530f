/** The kinds of elements: their outputs, and how a new one begins. What is *wrong* with one is said by the server only. */
import { type Element, outputs } from "./document";
import type { JsonObject } from "./json";

export const KINDS = ["start", "conditional", "percentage", "rate", "model", "end"] as const;
export type Kind = (typeof KINDS)[number];

type Shape = {
  /** What a person reads. */
  readonly title: string;
  readonly hint: string;
  /** Outputs it always shows; a percentage element has those that it names. */
  readonly outputs: readonly string[];
  /** Of these, those that it can do without. */
  readonly optional: readonly string[];
  /** Properties of a new one. */
  readonly fresh?: JsonObject;
};

export const SHAPES: Readonly<Record<Kind, Shape>> = {
  start: { title: "Start", hint: "Requests come in here", outputs: ["next"], optional: [] },
  conditional: {
    title: "Condition",
    hint: "Branches on metadata, headers, the body or the request",
    outputs: ["true", "false"],
    optional: [],
    fresh: { conditions: { "metadata.plan": { $eq: "paid" } } },
  },
  percentage: {
    title: "Split",
    hint: "Divides requests by share",
    outputs: [],
    optional: ["else"],
    fresh: {},
  },
  rate: {
    title: "Limit",
    hint: "Admits so many requests, or so many dollars, in a window",
    outputs: ["success", "fallback"],
    optional: ["fallback"],
    fresh: { limitType: "count", key: "", limit: 100, window: 60 },
  },
  model: {
    title: "Model",
    hint: "Calls a model of a provider",
    outputs: ["success", "fallback"],
    optional: ["fallback"],
    fresh: { provider: "", model: "" },
  },
  end: { title: "End", hint: "The answer goes out here", outputs: [], optional: [] },
};

/** The kind of a wire type: `rate_limit` is read as `rate`; `undefined` for one that this editor does not know. */
export function kindOf(type: string): Kind | undefined {
  const name = type === "rate_limit" ? "rate" : type;
  return KINDS.find((it) => it === name);
}

/** The slots that an element shows: those of its kind first, then whatever else it has. */
export function slots(element: Element): readonly string[] {
  const kind = kindOf(element.type);
  const own = outputs(element).map(([name]) => name);
  const fixed = kind === undefined ? [] : SHAPES[kind].outputs;
  return [...fixed, ...own.filter((it) => !fixed.includes(it))];
}

/** A share's hundredths of a percent and its label: `"12.5%:b"` → `{share: 1250, label: "b"}`; `else` and others: none. */
export function share(output: string): { share: number; label: string | undefined } | undefined {
  const found = /^(\d{1,3})(?:\.(\d{1,2}))?%(?::(.+))?$/.exec(output);
  if (!found?.[1]) return undefined;
  const hundredths = Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0"));
  return hundredths > 10_000 ? undefined : { share: hundredths, label: found[3] };
}

/** The output's name for a share, the reverse of `share`. */
export function shareName(hundredths: number, label?: string): string {
  const whole = Math.trunc(hundredths / 100);
  const part = String(hundredths % 100)
    .padStart(2, "0")
    .replace(/0+$/, "");
  return `${whole}${part === "" ? "" : `.${part}`}%${label ? `:${label}` : ""}`;
}
