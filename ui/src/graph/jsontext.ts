/**
 * JSON as a person types it: where it breaks, and why. `JSON.parse` alone would drop the first of two equal keys, and change
 * numbers that it cannot hold, without a word; the server refuses the one and keeps the other.
 */
import type { Json } from "./json";

export type Fault = {
  /** Position in the text, from 0. */
  readonly at: number;
  readonly line: number;
  readonly column: number;
  readonly message: string;
};
export type Parsed = { readonly value: Json; readonly fault?: never } | { readonly fault: Fault };

/** As the server bounds it. */
const DEPTH = 128;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORD = /[A-Za-z_$][\w$]*/y;

class Broken extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

export function parseJson(text: string): Parsed {
  try {
    new Scanner(text).all();
    const value: Json = JSON.parse(text);
    return { value };
  } catch (thrown) {
    const at = thrown instanceof Broken ? thrown.at : 0;
    const before = text.slice(0, at).split("\n");
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { fault: { at, line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message } };
  }
}

/** JSON for reading: what fits in a line stands in one. */
export function pretty(json: Json, width = 64, indent = ""): string {
  const flat = spaced(json);
  if (typeof json !== "object" || json === null || indent.length + flat.length <= width) return flat;
  const inner = `${indent}  `;
  if (isList(json)) {
    if (json.length === 0) return "[]";
    return `[\n${json.map((it) => inner + pretty(it, width, inner)).join(",\n")}\n${indent}]`;
  }
  const members = Object.entries(json).map(
    ([key, it]) => `${inner}${JSON.stringify(key)}: ${pretty(it, width, inner)}`,
  );
  return members.length === 0 ? "{}" : `{\n${members.join(",\n")}\n${indent}}`;
}

function spaced(json: Json): string {
  if (typeof json !== "object" || json === null) return JSON.stringify(json);
  if (isList(json)) return `[${json.map(spaced).join(", ")}]`;
  return `{${Object.entries(json)
    .map(([key, it]) => `${JSON.stringify(key)}: ${spaced(it)}`)
    .join(", ")}}`;
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

class Scanner {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  all() {
    this.value(0);
    this.space();
    if (this.at < this.text.length) this.broken("Nothing may follow after the value.");
  }

  private value(depth: number) {
    if (depth > DEPTH) this.broken(`Nested deeper than ${DEPTH} levels.`);
    this.space();
    const next = this.text[this.at];
    if (next === "{") this.object(depth);
    else if (next === "[") this.array(depth);
    else if (next === '"') this.string();
    else if (next === "-" || (next !== undefined && /\d/.test(next))) this.number();
    else this.word();
  }

  private object(depth: number) {
    const seen = new Set<string>();
    this.at += 1;
    this.space();
    if (this.taken("}")) return;
    do {
      this.space();
      const start = this.at;
      if (this.text[start] !== '"')
        this.broken('A key in double quotes belongs here, such as "metadata.plan".');
      const key: unknown = JSON.parse(this.string());
      if (seen.has(String(key))) this.broken(`The key "${key}" stands twice in this object.`, start);
      seen.add(String(key));
      this.space();
      if (!this.taken(":")) this.broken("A colon belongs here.");
      this.value(depth + 1);
      this.space();
    } while (this.taken(","));
    if (!this.taken("}")) this.broken("A comma or } belongs here.");
  }

  private array(depth: number) {
    this.at += 1;
    this.space();
    if (this.taken("]")) return;
    do {
      this.value(depth + 1);
      this.space();
    } while (this.taken(","));
    if (!this.taken("]")) this.broken("A comma or ] belongs here.");
  }

  private string(): string {
    const start = this.at;
    const found = this.match(STRING);
    if (found === undefined || [...found].some((it) => it < " "))
      this.broken("This text has no end on its line, or has an escape that JSON does not know.", start);
    return found;
  }

  private number() {
    const start = this.at;
    const found = this.match(NUMBER);
    if (found === undefined) this.broken("This is no number.");
    const value = Number(found);
    const digits = found
      .replace(/[eE].*$/, "")
      .replace(/\D/g, "")
      .replace(/^0+/, "");
    const whole = /^-?\d+$/.test(found);
    if (!Number.isFinite(value) || (whole ? !Number.isSafeInteger(value) : digits.length > 17))
      this.broken("This number has more digits than can be kept exactly.", start);
  }

  private word() {
    const start = this.at;
    const found = this.match(WORD);
    if (found === "true" || found === "false" || found === "null") return;
    if (found !== undefined) this.broken(`Texts stand in double quotes: "${found}".`, start);
    this.broken(start >= this.text.length ? "The text ends too early." : "A value belongs here.", start);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private taken(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at += 1;
    return true;
  }

  private space() {
    while (" \t\n\r".includes(this.text[this.at] ?? "x")) this.at += 1;
  }

  private broken(message: string, at = this.at): never {
    throw new Broken(at, message);
  }
}
