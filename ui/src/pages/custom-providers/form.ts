/** A custom provider while it is typed. Pure. */
import { Typed } from "@/api/typed";
import type { Pair } from "@/ui/Pairs";
import type { Changes, Custom } from "./queries";

export type Form = {
  readonly name: string;
  readonly slug: string;
  readonly base_url: string;
  readonly dialect: string;
  readonly enable: boolean;
  readonly description: string;
  /** `undefined`: those that are kept stay; their values are never told. */
  readonly headers: readonly Pair[] | undefined;
};

export const EMPTY: Form = {
  name: "",
  slug: "",
  base_url: "",
  dialect: "openai",
  enable: true,
  description: "",
  headers: [],
};

/** As docs/providers.md has them. */
export const DIALECTS = [
  { value: "openai", label: "OpenAI chat completions and embeddings", url: "https://llm.example.com/v1" },
  { value: "responses", label: "OpenAI Responses", url: "https://llm.example.com/v1" },
  { value: "anthropic", label: "Anthropic Messages", url: "https://llm.example.com" },
  { value: "gemini", label: "Gemini", url: "https://llm.example.com" },
  { value: "cohere", label: "Cohere", url: "https://llm.example.com" },
  { value: "converse", label: "Amazon Bedrock Converse", url: "https://llm.example.com" },
] as const;

export function formOf(it: Custom): Form {
  return {
    name: it.name,
    slug: it.slug,
    base_url: it.base_url,
    dialect: it.dialect,
    enable: it.enable,
    description: it.description ?? "",
    headers: undefined,
  };
}

/** What is sent: of a change only what differs from `before`. */
export function read(form: Form, before: Form | undefined): Changes {
  const typed = new Typed();
  const all: Changes = {
    name: typed.needed("/name", form.name, "A name"),
    slug: typed.needed("/slug", form.slug, "A slug"),
    base_url: typed.needed("/base_url", form.base_url, "A base URL"),
    dialect: form.dialect,
    enable: form.enable,
    description: form.description,
  };
  const headers = form.headers?.filter((it) => it.key.trim() !== "" || it.value !== "");
  if (headers?.some((it) => it.key.trim() === "")) typed.wrong("/headers", "A header needs a name.");
  typed.done();
  const text =
    headers === undefined || headers.length === 0
      ? ""
      : JSON.stringify(Object.fromEntries(headers.map((it) => [it.key.trim(), it.value])));
  if (before === undefined) return text === "" ? all : { ...all, headers: text };
  const was = new Map<string, unknown>(Object.entries(before));
  const changed = Object.entries(all).filter(([key, value]) => was.get(key) !== value);
  return { ...Object.fromEntries(changed), ...(headers === undefined ? {} : { headers: text }) };
}

/** Names of the fixed headers that are kept; the API tells a JSON object with hidden values, as text. */
export function headerNames(it: Custom): readonly string[] {
  if (!it.headers) return [];
  try {
    const value: unknown = JSON.parse(it.headers);
    return typeof value === "object" && value !== null ? Object.keys(value) : [];
  } catch {
    return [];
  }
}
