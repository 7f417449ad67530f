/** Prices are dollars a token on the wire and dollars a million tokens on the page: the point moves, no digit changes. Pure. */

const SHIFT = 6;

/** `"0.00000015"` → `"0.15"`. What is no plain or scientific decimal stays as it is. */
export function perMillion(text: string): string {
  return moved(text, SHIFT) ?? text;
}

/** `"0.15"` → `"0.00000015"`; nothing for what is no price. */
export function perToken(text: string): string | undefined {
  return moved(text.trim().replace(/^\$/, ""), -SHIFT);
}

function moved(text: string, by: number): string | undefined {
  const found = /^(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i.exec(text);
  const [whole = "", part = ""] = [found?.[1], found?.[2]];
  if (!found || whole + part === "") return undefined;
  const digits = whole + part;
  // Where the point stands, counted from the first digit.
  const point = whole.length + Number(found[3] ?? 0) + by;
  const padded = point > 0 ? digits.padEnd(point, "0") : "0".repeat(1 - point) + digits;
  const at = Math.max(point, 1);
  const left = padded.slice(0, at).replace(/^0+(?=\d)/, "");
  const right = padded.slice(at).replace(/0+$/, "");
  return right === "" ? left : `${left}.${right}`;
}
