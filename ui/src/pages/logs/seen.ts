/** Values for a filter's suggestions, as they are in what was loaded. Pure. */
import type { Suggestion } from "@/ui/Combobox";
import { edge } from "./filters";
import type { Log } from "./queries";

export function seen(rows: readonly Log[], key: string): readonly Suggestion[] {
  const values = new Set(rows.flatMap((row) => valuesOf(row, key)));
  return [...values].sort().map((value) => ({ value }));
}

function valuesOf(row: Log, key: string): readonly string[] {
  const { path } = row.pointsman;
  if (key === "metadata.key") return Object.keys(row.metadata);
  if (key === "metadata.value") return Object.values(row.metadata).map(String);
  if (key === "element" || key === "edge") {
    return path.flatMap((it: unknown) => {
      if (typeof it !== "object" || it === null) return [];
      const { element, outcome }: { element?: unknown; outcome?: unknown } = it;
      if (typeof element !== "string") return [];
      if (key === "element") return [element];
      return typeof outcome === "string" ? [edge(element, outcome)] : [];
    });
  }
  const value: unknown = new Map<string, unknown>(Object.entries(row)).get(key);
  return typeof value === "string" ? [value] : [];
}
