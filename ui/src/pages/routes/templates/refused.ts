/** What the server said of a route made from a template, put at what was asked for. Pure. */
import type { Problem } from "@/api/problem";
import { type Doc, property } from "@/graph/document";
import type { Model } from "./templates";

export type Refused = {
  readonly name: readonly string[];
  /** For each model that was asked for. */
  readonly models: readonly (readonly string[])[];
  readonly others: readonly string[];
};

export function placed(problem: Problem, doc: Doc, chosen: readonly Model[]): Refused {
  const models: string[][] = chosen.map(() => []);
  const others: string[] = [];
  for (const { path, source, message } of problem.entries) {
    if (source?.pointer === "/name") continue;
    const at = path?.[1] === "elements" && typeof path[2] === "number" ? doc[path[2]] : undefined;
    const named = path?.[3] === "properties" && (path[4] === "provider" || path[4] === "model");
    const i = chosen.findIndex(
      (it) => at && property(at, "model") === it.model && property(at, "provider") === it.provider,
    );
    const list = named ? (models[i] ?? others) : others;
    if (!list.includes(message)) list.push(message);
  }
  if (problem.entries.length === 0) others.push(problem.message);
  return { name: problem.at("/name"), models, others };
}
