/** JSON whose integers are larger than JavaScript counts (2^53): read and written to the digit, and a part of it as it was typed. Pure. */

/** JSON as it is written: a number that would lose digits, or a text that was typed and is known to be JSON. */
export class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const LONG = /\d{16}/;
/** No key and no text of JSON begins so by chance. */
const MARK = "\u0000raw ";

/** `JSON.parse`, but integers that would lose digits are `Raw`. */
export function parseExact(text: string): unknown {
  if (!LONG.test(text)) return JSON.parse(text);
  const marked = text.replace(TOKENS, (it) => (isLost(it) ? JSON.stringify(MARK + it) : it));
  return JSON.parse(marked, (_, it: unknown) =>
    typeof it === "string" && it.startsWith(MARK) ? new Raw(it.slice(MARK.length)) : it,
  );
}

/** Whether it is a whole number that another one would be read for. */
export function isLost(text: string): boolean {
  return /^-?(?:0|[1-9]\d*)$/.test(text) && String(Number(text)) !== text && text !== "-0";
}

/** `JSON.stringify`, but what is `Raw` as it is. */
export function written(value: unknown, indent?: number): string {
  const raws: string[] = [];
  const text = JSON.stringify(
    value,
    (_, it: unknown) => (it instanceof Raw ? `${MARK}${raws.push(it.text) - 1}` : it),
    indent,
  );
  return raws.length === 0 ? text : text.replace(/"\\u0000raw (\d+)"/g, (all, n) => raws[Number(n)] ?? all);
}

/** The text of an object with some members set, and all else as it was typed. */
export function withMembers(text: string, members: Readonly<Record<string, unknown>>): string {
  const kept = slices(text).flatMap(([key, slice]) => (Object.hasOwn(members, key) ? [] : [slice]));
  const set = Object.entries(members).map(([key, value]) => `${JSON.stringify(key)}:${written(value)}`);
  return `{${[...kept, ...set].join(",")}}`;
}

/** The members of an object, each as it is written. */
function slices(text: string): readonly (readonly [string, string])[] {
  const found: [string, string][] = [];
  let depth = 0;
  let start = 0;
  const end = (at: number) => {
    const slice = text.slice(start, at).trim();
    const key: unknown = JSON.parse(/^"(?:[^"\\]|\\.)*"/.exec(slice)?.[0] ?? "null");
    if (typeof key === "string") found.push([key, slice]);
  };
  for (const { 0: it, index } of text.matchAll(TOKENS)) {
    if (it === "{" || it === "[") {
      depth += 1;
      if (depth === 1) start = index + 1;
    } else if (it === "}" || it === "]") {
      if (depth === 1) end(index);
      depth -= 1;
    } else if (it === "," && depth === 1) {
      end(index);
      start = index + 1;
    }
  }
  return found;
}
