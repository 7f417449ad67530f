/** What a streamed answer says, joined from its events, whatever the format. Pure. */
import { isObject, type Json, type JsonObject, member } from "@/graph/json";

export type Joined = {
  readonly text: string;
  readonly reasoning: string;
  /** Tools called, with their arguments as far as they came. */
  readonly calls: readonly string[];
  readonly events: number;
  /** An error in the stream, in its words. */
  readonly error: string | undefined;
};

/** The data of every event that has some. */
export function events(body: string): readonly string[] {
  const all: string[] = [];
  let data: string[] = [];
  for (const line of body.split(/\r\n|\r|\n/)) {
    if (line === "") {
      if (data.length > 0) all.push(data.join("\n"));
      data = [];
    } else if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5));
  }
  if (data.length > 0) all.push(data.join("\n"));
  return all;
}

export function join(body: string): Joined {
  let text = "";
  let reasoning = "";
  let error: string | undefined;
  const calls = new Map<string, string>();
  const call = (at: Json | undefined, part: string) => {
    const key = String(at ?? 0);
    calls.set(key, `${calls.get(key) ?? ""}${part}`);
  };
  const all = events(body);
  for (const data of all) {
    const it = parse(data);
    if (it === undefined) continue;
    const failure = member(it, "error");
    if (isObject(failure)) error = string(failure, "message") ?? JSON.stringify(failure);
    // Chat.
    for (const choice of objects(member(it, "choices"))) {
      const delta = member(choice, "delta");
      if (!isObject(delta)) continue;
      text += string(delta, "content") ?? "";
      reasoning += string(delta, "reasoning_content") ?? string(delta, "reasoning") ?? "";
      for (const tool of objects(member(delta, "tool_calls"))) {
        const fn = member(tool, "function");
        if (!isObject(fn)) continue;
        const name = string(fn, "name");
        call(
          member(tool, "index"),
          `${name === undefined ? "" : `${name} `}${string(fn, "arguments") ?? ""}`,
        );
      }
    }
    // Messages and Responses say in `type` what an event is.
    const type = string(it, "type");
    const delta = member(it, "delta");
    if (type === "content_block_delta" && isObject(delta)) {
      text += string(delta, "text") ?? "";
      reasoning += string(delta, "thinking") ?? "";
      const json = string(delta, "partial_json");
      if (json !== undefined) call(member(it, "index"), json);
    }
    const block = member(it, "content_block");
    if (type === "content_block_start" && isObject(block) && string(block, "type") === "tool_use") {
      call(member(it, "index"), `${string(block, "name") ?? ""} `);
    }
    if (type === "response.output_text.delta" && typeof delta === "string") text += delta;
    if (type?.startsWith("response.reasoning") && typeof delta === "string") reasoning += delta;
    if (type === "response.function_call_arguments.delta" && typeof delta === "string") {
      call(member(it, "output_index"), delta);
    }
    // Gemini.
    for (const candidate of objects(member(it, "candidates"))) {
      const content = member(candidate, "content");
      if (!isObject(content)) continue;
      for (const part of objects(member(content, "parts"))) {
        if (member(part, "thought") === true) reasoning += string(part, "text") ?? "";
        else text += string(part, "text") ?? "";
      }
    }
  }
  return { text, reasoning, calls: [...calls.values()], events: all.length, error };
}

/** JSON with its levels indented, every number and text as it was written; what is no JSON stays as it is. */
export function pretty(body: string): string {
  try {
    JSON.parse(body);
  } catch {
    return body;
  }
  let out = "";
  let depth = 0;
  const line = () => `\n${"  ".repeat(depth)}`;
  const tokens = body.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  tokens.forEach((it, i) => {
    const opens = it === "{" || it === "[";
    const closes = it === "}" || it === "]";
    const before = tokens[i - 1];
    const empty = closes && (before === "{" || before === "[");
    if (closes) depth -= 1;
    if (closes && !empty) out += line();
    else if (before === "," || ((before === "{" || before === "[") && !closes)) out += line();
    out += it === ":" ? ": " : it;
    if (opens) depth += 1;
  });
  return out;
}

function parse(data: string): JsonObject | undefined {
  try {
    const it: unknown = JSON.parse(data);
    return isObject(it) ? it : undefined;
  } catch {
    return undefined;
  }
}

function objects(it: Json | undefined): readonly JsonObject[] {
  return Array.isArray(it) ? it.filter(isObject) : [];
}

function string(it: JsonObject, name: string): string | undefined {
  const value = member(it, name);
  return typeof value === "string" ? value : undefined;
}
