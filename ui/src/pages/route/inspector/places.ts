import { type Element, outputs } from "@/graph/document";
import { kindOf, slots } from "@/graph/kinds";
import type { GraphProblem } from "@/graph/problems";

/** The properties that a kind's form has a field for. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  conditional: ["conditions", "condition"],
  percentage: ["key"],
  rate: ["limitType", "limit", "window", "interval", "key", "technique", "onUnknownPrice", "onUnavailable"],
  model: ["provider", "model", "timeout", "retries"],
};

/** Whether a problem stands at a field; the rest is told above the form, so that none is lost. */
export function shownElsewhere(element: Element, { path, output }: GraphProblem): boolean {
  const kind = kindOf(element.type);
  if (path[0] === "id") return true;
  if (path[0] === "properties") return kind !== undefined && (FIELDS[kind] ?? []).includes(String(path[1]));
  if (output !== undefined) {
    const names = kind === "percentage" ? outputs(element).map(([name]) => name) : slots(element);
    return names.includes(output);
  }
  return path[0] === "outputs" && kind === "percentage";
}
