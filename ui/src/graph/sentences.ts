/** The differences of two documents, each as a sentence. */
import type { Change, Renamed } from "./diff";
import {
  type Doc,
  type Element,
  find,
  type Key,
  keyed,
  outputs,
  position,
  properties,
  property,
} from "./document";
import { type Json, type JsonObject, member, sameJson, without } from "./json";
import { kindOf, SHAPES } from "./kinds";
import { splitSentences } from "./splits";
import { conditionWords, elementWords, limitWords, modelWords, named, windowWords } from "./words";

export function sentences(before: Doc, after: Doc, renames: readonly Renamed[]): readonly Change[] {
  const found: Change[] = [];
  const tell = (kind: Change["kind"], element: Key, text: string) => found.push({ kind, element, text });
  for (const { from, to } of renames) tell("traffic", to, renamedText(after, from, to));
  for (const [key, it] of keyed(after)) {
    const was = find(before, key);
    if (was === undefined) tell("traffic", key, `\`${it.id}\` is added: ${described(it)}.`);
    else if (kindOf(was.type) !== kindOf(it.type))
      tell("traffic", key, `\`${it.id}\` is ${described(it)} instead of ${described(was)}.`);
    else {
      for (const text of leads(before, after, was, it)) tell("traffic", key, text);
      for (const text of settings(was, it)) tell("traffic", key, text);
      for (const text of notes(was, it)) tell("note", key, text);
    }
  }
  for (const [key, it] of keyed(before))
    if (find(after, key) === undefined) tell("traffic", key, `\`${it.id}\` is removed: ${described(it)}.`);
  const moved = keyed(after).filter(([key, it]) => {
    const was = find(before, key);
    return was !== undefined && !sameJson(place(was), place(it));
  });
  const [first] = moved;
  if (first)
    tell(
      "note",
      first[0],
      `${moved.length === 1 ? "One element has" : `${moved.length} elements have`} another place on the canvas.`,
    );
  return found;
}

function place(element: Element): Json {
  const at = position(element);
  return at === undefined ? null : { x: at.x, y: at.y };
}

function described(element: Element): string {
  const kind = kindOf(element.type);
  if (kind === undefined) return elementWords(element);
  const title = SHAPES[kind].title.toLowerCase();
  return kind === "start" || kind === "end" || kind === "percentage"
    ? `${title === "end" ? "an" : "a"} ${title}`
    : `a ${title}, ${elementWords(element)}`;
}

function renamedText(doc: Doc, from: string, to: string): string {
  const kind = kindOf(doc.find((it) => it.id === to)?.type ?? "");
  const text = `\`${from}\` is called \`${to}\` now`;
  if (kind === "rate") return `${text}: its limit starts with empty buckets.`;
  if (kind === "percentage") return `${text}: sticky choices are drawn anew.`;
  return `${text}.`;
}

/** What an output means, as the beginning of a sentence. */
function when(element: Element, output: string): string {
  const id = `\`${element.id}\``;
  switch (`${kindOf(element.type)}.${output}`) {
    case "start.next":
      return "Requests begin";
    case "conditional.true":
      return `Requests for which ${id} holds go`;
    case "conditional.false":
      return `Requests for which ${id} does not hold go`;
    case "rate.success":
      return `Requests that ${id} admits go`;
    case "rate.fallback":
      return `Requests over the limit of ${id} go`;
    case "model.success":
      return `Answers of ${id} go`;
    case "model.fallback":
      return `Requests that fail at ${id} go`;
    default:
      return `Output ${output} of ${id} goes`;
  }
}

/** What happens at an output that is not there. */
function nowhere(element: Element, output: string): string {
  const kind = kindOf(element.type);
  if (output === "fallback" && kind === "rate") return "are answered with status 429";
  if (output === "fallback" && kind === "model") return "end with the error";
  return "have nowhere to go";
}

function leads(before: Doc, after: Doc, was: Element, now: Element): readonly string[] {
  if (kindOf(now.type) === "percentage") return splitSentences(before, after, was, now);
  const [old, fresh] = [new Map(outputs(was)), new Map(outputs(now))];
  return [...new Set([...old.keys(), ...fresh.keys()])].flatMap((name) => {
    const [from, to] = [old.get(name), fresh.get(name)];
    if (from === to) return [];
    const at = name === "next" ? "at" : "to";
    const start = when(now, name);
    if (to === undefined)
      return [
        `${start.replace(/ (go|begin|goes)$/, "")} ${nowhere(now, name)} instead of going ${at} ${named(before, from ?? "")}.`,
      ];
    const instead = from === undefined ? "" : ` instead of ${named(before, from)}`;
    const otherwise =
      from === undefined
        ? `; before, they ${nowhere(now, name)
            .replace(/^are /, "were ")
            .replace(/^have /, "had ")
            .replace(/^end /, "ended ")}`
        : "";
    return [`${start} ${at} ${named(after, to)}${instead}${otherwise}.`];
  });
}

/** Properties that have words of their own; the rest is said as JSON. */
function settings(was: Element, now: Element): readonly string[] {
  const id = `\`${now.id}\``;
  const texts: string[] = [];
  const said = new Set<string>();
  const differ = (name: string, other?: string) => {
    said.add(name);
    if (other !== undefined) said.add(other);
    return !sameJson(property(was, name, other), property(now, name, other));
  };
  const kind = kindOf(now.type);
  if (kind === "model") {
    const [provider, model] = [differ("provider"), differ("model")];
    if (provider || model) texts.push(`${id} calls ${modelWords(now)} instead of ${modelWords(was)}.`);
    if (differ("timeout")) texts.push(`${id} waits ${waits(now)} for an answer instead of ${waits(was)}.`);
    if (differ("retries")) texts.push(`${id} is retried ${retries(now)} instead of ${retries(was)}.`);
  } else if (kind === "rate") {
    const [type, limit] = [differ("limitType"), differ("limit")];
    const window = differ("window", "interval");
    if (type || limit || window)
      texts.push(
        `${id} admits ${limitWords(now)} in ${windowWords(now)} instead of ${limitWords(was)} in ${windowWords(was)}.`,
      );
    if (differ("key"))
      texts.push(
        `${id} counts ${keyed_(now, "all requests together", "each")} instead of ${keyed_(was, "all requests together", "each")}.`,
      );
  } else if (kind === "conditional" && differ("conditions", "condition")) {
    texts.push(`${id} asks whether ${asks(now)}; before, whether ${asks(was)}.`);
  } else if (kind === "percentage" && differ("key")) {
    texts.push(
      `${id} decides ${keyed_(now, "by chance", "by")} instead of ${keyed_(was, "by chance", "by")}.`,
    );
  }
  const rest = new Set([...Object.keys(properties(was)), ...Object.keys(properties(now))]);
  for (const name of rest) {
    if (!said.has(name) && differ(name))
      texts.push(
        `${id}: \`${name}\` is ${json(property(now, name))} instead of ${json(property(was, name))}.`,
      );
  }
  return texts;
}

function waits(element: Element): string {
  const timeout = property(element, "timeout");
  return typeof timeout === "number" && timeout > 0 ? `${timeout} ms` : "the gateway's default";
}

function retries(element: Element): string {
  const times = property(element, "retries");
  if (typeof times !== "number" || times === 0) return "as the request says, or not at all,";
  return `${times} time${times === 1 ? "" : "s"}`;
}

function asks(element: Element): string {
  const conditions = property(element, "conditions", "condition");
  return conditions === undefined ? "nothing" : conditionWords(conditions);
}

function keyed_(element: Element, otherwise: string, before: string): string {
  const key = property(element, "key");
  return typeof key === "string" && key !== "" ? `${before} \`${key}\`` : otherwise;
}

function json(value: Json | undefined): string {
  return value === undefined ? "absent" : JSON.stringify(value);
}

/** Members that the compiler knows nothing of. */
function notes(was: Element, now: Element): readonly string[] {
  const bare = (it: Element): JsonObject =>
    ["id", "type", "outputs", "properties", "position"].reduce<JsonObject>(
      (rest, name) => without(rest, name),
      it,
    );
  const [old, fresh] = [bare(was), bare(now)];
  const names = new Set([...Object.keys(old), ...Object.keys(fresh)]);
  return [...names].flatMap((name) => {
    const [a, b] = [member(old, name), member(fresh, name)];
    return sameJson(a, b) ? [] : [`\`${now.id}\`: \`${name}\` is ${json(b)} instead of ${json(a)}.`];
  });
}
