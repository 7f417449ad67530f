/** What logs can be filtered by: every key of the API with its operators (docs/logging.md, "Filters"). Pure. */

export type Operator = "eq" | "neq" | "contains" | "lt" | "gt";
/** What its values are, and so how they are entered. */
export type Kind = "text" | "number" | "flag" | "time";

export type Field = {
  readonly key: string;
  /** In words, as a chip says it. */
  readonly title: string;
  readonly kind: Kind;
  readonly operators: readonly Operator[];
  readonly unit?: string;
  /** The only values that there are. */
  readonly choices?: readonly string[];
  readonly hint?: string;
};

const TEXT: readonly Operator[] = ["eq", "neq", "contains", "lt", "gt"];
const NUMBER: readonly Operator[] = ["eq", "neq", "lt", "gt"];
const FLAG: readonly Operator[] = ["eq", "neq"];

const text = (key: string, title: string, hint?: string): Field => ({
  key,
  title,
  kind: "text",
  operators: TEXT,
  ...(hint === undefined ? {} : { hint }),
});
const number = (key: string, title: string, unit: string): Field => ({
  key,
  title,
  kind: "number",
  operators: NUMBER,
  unit,
});
const flag = (key: string, title: string): Field => ({
  key,
  title,
  kind: "flag",
  operators: FLAG,
  choices: ["true", "false"],
});

export const FIELDS: readonly Field[] = [
  flag("success", "Success"),
  text("provider", "Provider", "Who answered, or was asked last; unknown when nobody was."),
  text("model", "Model"),
  flag("cached", "Cached"),
  number("cost", "Cost", "dollars"),
  number("duration", "Duration", "ms"),
  number("tokens", "Tokens", "tokens in and out"),
  number("tokens_in", "Tokens in", "tokens"),
  number("tokens_out", "Tokens out", "tokens"),
  { key: "created_at", title: "Time", kind: "time", operators: NUMBER },
  text("route", "Route", "By its id or its name."),
  text("version", "Version", "By its id."),
  text("element", "Through the element", "Any element of the route that the request came through."),
  text(
    "edge",
    "Through the output",
    "An element and the output it took: split.10%, limit.fallback, big.failed.",
  ),
  text("token", "Token", "The token that asked, by its id."),
  text("metadata.key", "Metadata key", "A metadata value right after it is about the same entry."),
  {
    key: "metadata.value",
    title: "Metadata value",
    kind: "text",
    operators: ["eq", "neq", "contains"],
    hint: "Right after a metadata key it is about the same entry.",
  },
  { ...number("feedback", "Feedback", "-1, 0 or 1"), choices: ["-1", "0", "1"] },
  text("id", "Log id"),
  text("event_id", "Event id", "The caller's own name for its request, cf-aig-event-id."),
  text("user_agent", "User agent"),
  text(
    "request_type",
    "Way in",
    "chat, responses, messages, embeddings, count_tokens, native, universal, unknown",
  ),
  text("request_content_type", "Request type", "Lower case, without parameters: application/json"),
  text("response_content_type", "Response type", "text/event-stream is a streamed answer"),
  flag("authentication", "With a token"),
  flag("compatibilityMode", "OpenAI-compatible"),
  flag("wholesale", "Wholesale"),
  text("model_type", "Model type", "Absent in every log of this server."),
  text("dlp_action", "DLP action", "Absent in every log of this server."),
];

export function fieldOf(key: string): Field | undefined {
  return FIELDS.find((it) => it.key === key);
}

/** In words, before the value: "Cost is more than 0.1". */
export function operatorWords(operator: Operator, kind: Kind): string {
  const time = kind === "time";
  const words: Readonly<Record<Operator, string>> = {
    eq: "is",
    neq: "is not",
    contains: "contains",
    lt: time ? "is before" : kind === "text" ? "sorts before" : "is less than",
    gt: time ? "is after" : kind === "text" ? "sorts after" : "is more than",
  };
  return words[operator];
}
