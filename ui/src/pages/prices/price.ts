/** A price while it is typed, in dollars a million tokens. Pure. */
import { perMillion, perToken } from "@/api/millions";
import { Typed } from "@/api/typed";
import type { NewPrice, Price, PriceEvent } from "./queries";

/** Each class of tokens, and whose price it has when it has none of its own. */
export const CLASSES = [
  { key: "cache_read", label: "Cache read", like: "input" },
  { key: "cache_write", label: "Cache write", like: "input" },
  { key: "cache_write_1h", label: "Cache write, an hour", like: "cache_write" },
  { key: "audio_input", label: "Sound, input", like: "input" },
  { key: "image_input", label: "Images, input", like: "input" },
  { key: "reasoning", label: "Reasoning", like: "output" },
  { key: "audio_output", label: "Sound, output", like: "output" },
  { key: "image_output", label: "Images, output", like: "output" },
] as const;

export type ClassKey = (typeof CLASSES)[number]["key"];
export type Form = { readonly provider: string; readonly model: string } & Readonly<
  Record<"input" | "output" | ClassKey, string>
>;

export const EMPTY: Form = {
  provider: "",
  model: "",
  input: "",
  output: "",
  cache_read: "",
  cache_write: "",
  cache_write_1h: "",
  audio_input: "",
  image_input: "",
  reasoning: "",
  audio_output: "",
  image_output: "",
};

/** A class that has the price of its side is left empty, so that it goes on following it. */
export function formOf(it: Price): Form {
  const form = { ...EMPTY, provider: it.provider, model: it.model };
  const own = Object.fromEntries(
    CLASSES.filter(({ key, like }) => it[key] !== it[like]).map(({ key }) => [key, perMillion(it[key])]),
  );
  return { ...form, input: perMillion(it.input), output: perMillion(it.output), ...own };
}

export function read(form: Form): NewPrice {
  const typed = new Typed();
  const price = (key: "input" | "output" | ClassKey) => {
    const found = perToken(form[key]);
    if (found === undefined) typed.wrong(`/${key}`, `“${form[key].trim()}” is no price, such as 0.15.`);
    return found ?? "0";
  };
  const needed = (key: "input" | "output") => {
    typed.needed(`/${key}`, form[key], "A price");
    return form[key].trim() === "" ? "0" : price(key);
  };
  const made: NewPrice = {
    provider: typed.needed("/provider", form.provider, "A provider"),
    model: typed.needed("/model", form.model, "A model"),
    input: needed("input"),
    output: needed("output"),
  };
  const own = CLASSES.filter(({ key }) => form[key].trim() !== "").map(
    ({ key }) => [key, price(key)] as const,
  );
  typed.done();
  return { ...made, ...Object.fromEntries(own) };
}

/** Dollars a million tokens, of whole pico-dollars a token. */
export function eventPrice(it: PriceEvent, key: string): string | undefined {
  const found = Object.entries<unknown>(it.pico_dollars ?? {}).find(([name]) => name === key)?.[1];
  return typeof found === "number" ? perMillion(`${found}e-12`) : undefined;
}
