/** Numbers and times as a person reads them. Pure. */

/** Dollars: whole cents from ten cents on, below it as many digits as say something. */
export function money(dollars: number): string {
  if (dollars === 0) return "$0";
  const tiny = Math.abs(dollars) < 0.1;
  return new Intl.NumberFormat("en-US", {
    style: "currency",
    currency: "USD",
    ...(tiny ? { maximumSignificantDigits: 3 } : {}),
  }).format(dollars);
}

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(ms < 9_950 ? 1 : 0)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

export function count(n: number): string {
  return new Intl.NumberFormat("en-US").format(n);
}

/** A part of a whole: never "0%" or "100%" of what is only nearly so. */
export function portion(part: number, whole: number): string {
  if (whole === 0) return "–";
  const percent = (100 * part) / whole;
  if (part > 0 && percent < 0.1) return "<0.1%";
  if (part < whole && percent > 99.9) return ">99.9%";
  return `${Number(percent.toFixed(1))}%`;
}

const STEPS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

export function relative(time: string, now: number): string {
  const seconds = (new Date(time).getTime() - now) / 1000;
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit);
  }
  return "just now";
}
