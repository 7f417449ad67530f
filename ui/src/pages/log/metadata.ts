/** Metadata while it is edited: names and values as text. Pure. */

import { isLost, Raw } from "@/graph/exact";

/** `text`: its value was text, and stays text even when it looks like a number. */
export type Entry = { readonly key: string; readonly value: string; readonly text: boolean };
export type Flat = Readonly<Record<string, string | number | boolean | Raw>>;

export function rows(metadata: object): readonly Entry[] {
  return Object.entries(metadata).map(([key, value]) => ({
    key,
    value: String(value),
    text: typeof value === "string",
  }));
}

/** What is saved, or what is wrong with it. Nothing at all: the metadata is taken away. */
export function read(entries: readonly Entry[]): Flat | null | string {
  const made: [string, string | number | boolean | Raw][] = [];
  for (const { key, value, text } of entries) {
    if (key.trim() === "" && value === "") continue;
    if (key.trim() === "") return `“${value}” has no name.`;
    if (made.some(([it]) => it === key.trim())) return `“${key.trim()}” is there twice.`;
    made.push([key.trim(), text ? value : typed(value)]);
  }
  return made.length === 0 ? null : Object.fromEntries(made);
}

function typed(value: string): string | number | boolean | Raw {
  if (isLost(value)) return new Raw(value);
  if (value === "true" || value === "false") return value === "true";
  // A number only if it comes out as it went in: 007 and 1e999 are text.
  return value !== "" && String(Number(value)) === value && Number.isFinite(Number(value))
    ? Number(value)
    : value;
}

/** `null` for none, nothing for what is no score. */
export function scoreOf(value: string): number | null | undefined {
  const text = value.trim();
  if (text === "") return null;
  const score = Number(text);
  return Number.isInteger(score) && score >= 0 && score <= 100 ? score : undefined;
}
