/** What a condition or a key may read: suggestions for a field that takes any text. */
import type { Suggestion } from "@/ui/Combobox";

const REQUEST: readonly (readonly [string, string])[] = [
  ["input_tokens", "estimate, a number"],
  ["max_output_tokens", "a number, if the request sets one"],
  ["stream", "true or false"],
  ["has_tools", "true or false"],
  ["has_images", "true or false"],
  ["message_count", "a number"],
  ["hour", "UTC, 0 to 23"],
  ["weekday", "1 is Monday, 7 is Sunday"],
  ["key", "id of the gateway token"],
];

const BODY: readonly (readonly [string, string])[] = [
  ["body.model", "as the caller wrote it"],
  ["body.user", "of the body"],
  ["body.max_tokens", "of the body"],
  ["body.max_completion_tokens", "of the body"],
  ["body.temperature", "of the body"],
  ["body.reasoning_effort", "of the body"],
  ["body.response_format.type", "of the body"],
  ["body.tools", "of the body, a list"],
  ["body.messages[0].role", "of the first message"],
  ["body.messages[0].content", "of the first message"],
];

const HEADERS = ["headers.user-agent", "headers.accept-language", "headers.x-forwarded-for"];

/** `keys`: of metadata, as requests have carried them. */
export function fieldSuggestions(keys: readonly string[]): readonly Suggestion[] {
  const seen = keys.map((key) => ({ value: `metadata.${key}`, note: "seen in requests" }));
  const plain = ["metadata.plan", "metadata.user"].filter(
    (it) => !keys.includes(it.slice("metadata.".length)),
  );
  return [
    ...seen,
    ...plain.map((value) => ({ value, note: "an example" })),
    ...REQUEST.map(([name, note]) => ({ value: `request.${name}`, note })),
    ...BODY.map(([value, note]) => ({ value, note })),
    ...HEADERS.map((value) => ({ value, note: "a header" })),
  ];
}

/** What type a field's values have, where that is known: a new value begins with it. */
export function typeOf(field: string): "number" | "boolean" | "text" | undefined {
  const name = field.startsWith("request.") ? field.slice("request.".length) : undefined;
  if (name === undefined) return field.startsWith("headers.") ? "text" : undefined;
  if (["stream", "has_tools", "has_images"].includes(name)) return "boolean";
  return name === "key" ? "text" : REQUEST.some(([it]) => it === name) ? "number" : undefined;
}
