/** A cost of a custom provider while it is typed. Pure. */
import { perMillion, perToken } from "@/api/millions";
import { Typed } from "@/api/typed";
import type { Cost, NewCost } from "./queries";

export const RULES = [
  { value: "equals", label: "Is exactly", short: "" },
  { value: "starts-with", label: "Begins with", short: "begins with" },
  { value: "contains", label: "Contains", short: "contains" },
] as const;

export type Form = {
  readonly model: string;
  readonly model_rule: string;
  readonly cost_in: string;
  readonly cost_out: string;
  readonly pricing: string;
  readonly enable: boolean;
};

export function formOf(it: Cost | undefined): Form {
  return {
    model: it?.model ?? "",
    model_rule: it?.model_rule ?? "equals",
    cost_in: million(it?.cost_in),
    cost_out: million(it?.cost_out),
    pricing: it?.token_pricing ?? "",
    enable: it?.enable ?? true,
  };
}

export function shownCost(dollars: number | null | undefined): string {
  return dollars == null ? "–" : million(dollars);
}

function million(dollars: number | null | undefined): string {
  return dollars == null ? "" : perMillion(String(dollars));
}

export function read(form: Form): NewCost {
  const typed = new Typed();
  const price = (pointer: string, text: string) => {
    if (text.trim() === "") return null;
    const found = perToken(text);
    if (found === undefined) typed.wrong(pointer, `“${text}” is no price, such as 0.15.`);
    return found === undefined ? null : Number(found);
  };
  const made: NewCost = {
    model: typed.needed("/model", form.model, "A model's name, or a part of one,"),
    model_rule: form.model_rule,
    cost_in: price("/cost_in", form.cost_in),
    cost_out: price("/cost_out", form.cost_out),
    token_pricing: pricing(typed, form.pricing),
    enable: form.enable,
  };
  typed.done();
  return made;
}

function pricing(typed: Typed, text: string): object | null {
  if (text.trim() === "") return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below, as everything that is no object.
  }
  typed.wrong("/token_pricing", "This is no JSON object.");
  return null;
}
