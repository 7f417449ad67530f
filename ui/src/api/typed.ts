/** What was typed into the fields of a form, read as the API wants it. Pure. */
import { type Entry, Problem } from "./problem";

/** Collects what cannot be read, each at its field, and throws all of it at once in the form of the server's own refusals. */
export class Typed {
  readonly #entries: Entry[] = [];

  wrong(pointer: string, message: string): void {
    this.#entries.push({ code: 0, message, source: { pointer } });
  }

  /** Text without white space around it; nothing: `null`. */
  text(value: string): string | null {
    return value.trim() === "" ? null : value.trim();
  }

  needed(pointer: string, value: string, what: string): string {
    const found = this.text(value);
    if (found === null) this.wrong(pointer, `${what} is needed.`);
    return found ?? "";
  }

  /** A whole number; nothing: `null`. Bounds are the server's. */
  whole(pointer: string, value: string): number | null {
    const text = value.trim().replaceAll(/[\s_,]/g, "");
    if (text === "") return null;
    const number = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(number)) return number;
    this.wrong(pointer, `“${value.trim()}” is not a whole number of 0 or more.`);
    return null;
  }

  /** A decimal number of 0 or more; nothing: `null`. */
  decimal(pointer: string, value: string): number | null {
    const text = value.trim();
    if (text === "") return null;
    if (/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
    this.wrong(pointer, `“${text}” is not a number of 0 or more.`);
    return null;
  }

  done(): void {
    const [first] = this.#entries;
    if (first) throw new Problem("refused", 0, first.message, this.#entries);
  }
}
