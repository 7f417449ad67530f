/** A request that is tried: as it is typed, as it is sent, and as a log tells it. Pure. */
import { isObject } from "@/graph/json";
import { type Entry, type Flat, read, rows } from "@/pages/log/metadata";
import { readInputs } from "@/pages/log/walk";

export const FORMATS = ["chat", "responses", "messages", "embeddings"] as const;
export type Format = (typeof FORMATS)[number];

export type Header = { readonly key: string; readonly value: string };

export type Sample = {
  readonly format: Format;
  /** JSON as it is typed. */
  readonly body: string;
  readonly headers: readonly Header[];
  readonly metadata: readonly Entry[];
  /** RFC 3339; empty: now. */
  readonly at: string;
  /** Id of the token it is imagined to carry; empty: none. */
  readonly token: string;
};

const QUESTION = "Why is the sky blue?";
const BODIES: Readonly<Record<Format, object>> = {
  chat: { messages: [{ role: "user", content: QUESTION }], max_tokens: 200 },
  responses: { input: QUESTION, max_output_tokens: 200 },
  messages: { messages: [{ role: "user", content: QUESTION }], max_tokens: 200 },
  embeddings: { input: QUESTION },
};

export function fresh(format: Format = "chat"): Sample {
  return {
    format,
    body: JSON.stringify(BODIES[format], null, 2),
    headers: [],
    metadata: [],
    at: "",
    token: "",
  };
}

/** In another format; a body that nobody wrote becomes one of that format. */
export function reformatted(sample: Sample, format: Format): Sample {
  const untouched = sample.body === fresh(sample.format).body;
  return { ...sample, format, body: untouched ? fresh(format).body : sample.body };
}

export type Wrong = {
  readonly body?: string;
  readonly metadata?: string;
  readonly headers?: string;
  readonly at?: string;
};
export type Ready = {
  /** The text of a JSON object, as it was typed. */
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata: Flat | null;
};

/** What is sent, or what is wrong with it as far as that can be said without the server. */
export function ready(sample: Sample): { readonly it: Ready } | { readonly wrong: Wrong } {
  const body = fault(sample.body);
  const metadata = read(sample.metadata);
  const headers = new Map<string, string>();
  let twice: string | undefined;
  for (const { key, value } of sample.headers) {
    const name = key.trim().toLowerCase();
    if (name === "" && value === "") continue;
    if (name === "") twice = `“${value}” has no name.`;
    if (headers.has(name)) twice = `“${name}” is there twice.`;
    headers.set(name, value);
  }
  const late = sample.at !== "" && Number.isNaN(Date.parse(sample.at));
  const wrong: Wrong = {
    ...(body === undefined ? {} : { body }),
    ...(typeof metadata === "string" ? { metadata } : {}),
    ...(twice === undefined ? {} : { headers: twice }),
    ...(late ? { at: "Enter a date and a time, or nothing for now." } : {}),
  };
  if (typeof metadata === "string" || Object.keys(wrong).length > 0) return { wrong };
  return { it: { body: sample.body, headers: Object.fromEntries(headers), metadata } };
}

/** Why it is no body. */
function fault(text: string): string | undefined {
  try {
    const it: unknown = JSON.parse(text);
    return isObject(it) ? undefined : "The body is a JSON object: { … }.";
  } catch (thrown) {
    return thrown instanceof Error ? `This is no JSON: ${thrown.message}` : "This is no JSON.";
  }
}

type Log = {
  readonly request_type: string;
  readonly metadata: object;
  readonly created_at: string;
  readonly pointsman: { readonly decision?: unknown; readonly seed?: string | null };
};

/**
 * The request of a log. Of headers a log has those that the way was decided on; `missing` names what was withheld, and so must be typed for
 * the same way.
 */
export function fromLog(
  log: Log,
  body: string,
): { readonly sample: Sample; readonly missing: readonly string[] } {
  const inputs = readInputs(log.pointsman.decision);
  const headers = inputs.flatMap((it) =>
    it.state === "value" && it.field.startsWith("headers.")
      ? [{ key: it.field.slice("headers.".length), value: String(it.value) }]
      : [],
  );
  const missing = inputs.flatMap((it) => (it.state === "withheld" ? [it.field] : []));
  const format = FORMATS.find((it) => it === log.request_type) ?? "chat";
  const sample = { format, body, headers, metadata: rows(log.metadata), at: log.created_at, token: "" };
  return { sample, missing };
}

const CREDENTIAL = /auth|key|token|cookie|secret|password|credential|signature/i;

/** Without what could be a secret: headers that are named like one keep their names only. */
export function keepable(sample: Sample): Sample {
  const headers = sample.headers.map((it) => (CREDENTIAL.test(it.key) ? { ...it, value: "" } : it));
  return { ...sample, headers };
}

export function isSample(it: unknown): it is Sample {
  if (typeof it !== "object" || it === null) return false;
  const given: { [name: string]: unknown } = { ...it };
  const pairs = (list: unknown) =>
    Array.isArray(list) &&
    list.every((one) => isObject(one) && typeof one.key === "string" && typeof one.value === "string");
  return (
    FORMATS.some((format) => format === given.format) &&
    ["body", "at", "token"].every((name) => typeof given[name] === "string") &&
    pairs(given.headers) &&
    pairs(given.metadata)
  );
}
