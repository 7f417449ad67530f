/** Spend rules while they are typed. Pure. */
import type { components } from "@/api/schema";
import type { Typed } from "@/api/typed";

export type Rule = components["schemas"]["SpendRule"];
type Dimension = components["schemas"]["SpendDimension"];

/** `any`: it says nothing of it. `filter`: these values only. `partition`: a budget for each value. */
export type Way = "any" | "filter" | "partition";
export type DimensionForm = { readonly way: Way; readonly values: string };

export type RuleForm = {
  readonly id: string | undefined;
  readonly enabled: boolean;
  readonly limit: string;
  readonly window: string;
  readonly technique: "fixed" | "sliding";
  readonly provider: DimensionForm;
  readonly model: DimensionForm;
  readonly metadata: readonly (DimensionForm & { readonly key: string })[];
  readonly onUnavailable: "open" | "closed";
  readonly onUnknownPrice: "refuse" | "allow";
};

const ANY: DimensionForm = { way: "any", values: "" };

export const NEW_RULE: RuleForm = {
  id: undefined,
  enabled: true,
  limit: "",
  window: "86400",
  technique: "sliding",
  provider: ANY,
  model: ANY,
  metadata: [],
  onUnavailable: "closed",
  onUnknownPrice: "refuse",
};

export function ruleForm(it: Rule): RuleForm {
  return {
    id: it.id ?? undefined,
    enabled: it.enabled ?? true,
    limit: String(it.limit),
    window: String(it.window),
    technique: it.technique ?? "sliding",
    provider: dimensionForm(it.provider),
    model: dimensionForm(it.model),
    metadata: Object.entries(it.metadata ?? {}).map(([key, value]) => ({ key, ...dimensionForm(value) })),
    onUnavailable: it.onUnavailable ?? "closed",
    onUnknownPrice: it.onUnknownPrice ?? "refuse",
  };
}

function dimensionForm(it: Dimension | null | undefined): DimensionForm {
  if (!it) return ANY;
  return { way: it.mode, values: (it.values ?? []).join("\n") };
}

export function readRule(typed: Typed, at: string, it: RuleForm): Rule {
  const limit = typed.decimal(`${at}/limit`, it.limit);
  const window = typed.whole(`${at}/window`, it.window);
  if (it.limit.trim() === "") typed.wrong(`${at}/limit`, "How many dollars?");
  if (it.window.trim() === "") typed.wrong(`${at}/window`, "In how many seconds?");
  const provider = dimension(it.provider);
  const model = dimension(it.model);
  const metadata: Record<string, Dimension> = {};
  for (const entry of it.metadata) {
    const key = entry.key.trim();
    const value = dimension(entry);
    if (key === "") typed.wrong(`${at}/metadata`, "An entry of metadata needs a name.");
    else if (key in metadata) typed.wrong(`${at}/metadata`, `“${key}” is there twice.`);
    else if (value) metadata[key] = value;
  }
  return {
    ...(it.id === undefined ? {} : { id: it.id }),
    enabled: it.enabled,
    limit: limit ?? 0,
    limitType: "cost",
    window: window ?? 0,
    technique: it.technique,
    ...(provider ? { provider } : {}),
    ...(model ? { model } : {}),
    ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
    onUnavailable: it.onUnavailable,
    onUnknownPrice: it.onUnknownPrice,
  };
}

function dimension(it: DimensionForm): Dimension | undefined {
  if (it.way === "any") return undefined;
  if (it.way === "partition") return { mode: "partition" };
  const values = it.values.split("\n").map((line) => line.trim());
  return { mode: "filter", values: values.filter((line) => line !== "") };
}
