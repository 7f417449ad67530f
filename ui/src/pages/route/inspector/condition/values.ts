/** The value of a row as text that a person types, by the type that it has. */
import { isObject, type Json } from "@/graph/json";

export const TYPES = ["text", "number", "boolean", "null", "json"] as const;
export type Type = (typeof TYPES)[number];

export const TYPE_WORDS: Readonly<Record<Type, string>> = {
  text: "text",
  number: "number",
  boolean: "true or false",
  null: "null",
  json: "JSON",
};

export function typeOf(value: Json): Type {
  if (value === null) return "null";
  if (typeof value === "string") return "text";
  if (typeof value === "number") return "number";
  return typeof value === "boolean" ? "boolean" : "json";
}

/** The value as another type, as near as it comes. */
export function asType(value: Json, type: Type): Json {
  switch (type) {
    case "text":
      return typeof value === "string" ? value : value === null ? "" : JSON.stringify(value);
    case "number":
      return typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))
        ? Number(value)
        : 0;
    case "boolean":
      return value === true || value === "true";
    case "null":
      return null;
    case "json":
      return isObject(value) || Array.isArray(value) ? value : [value];
  }
}

/** One value of a list as it is typed: what reads as a number, true, false or null is that; in double quotes anything is a text. */
export function typedValue(text: string): Json {
  const trimmed = text.trim();
  if (/^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.test(trimmed)) {
    const value: Json = JSON.parse(trimmed);
    // A number that cannot be kept exactly would be another one: it stays the text that was typed.
    return typeof value !== "number" || String(value) === trimmed ? value : trimmed;
  }
  if (/^".*"$/.test(trimmed)) {
    try {
      const value: unknown = JSON.parse(trimmed);
      if (typeof value === "string") return value;
    } catch {
      return trimmed;
    }
  }
  return trimmed;
}

/** The reverse of `typedValue`. */
export function textOf(value: Json): string {
  if (typeof value !== "string") return JSON.stringify(value);
  return typedValue(value) === value ? value : JSON.stringify(value);
}
