/** Routes to begin with: each a function from what is chosen to the elements of a sound graph. Pure. */
import type { Doc, Element } from "@/graph/document";
import type { JsonObject } from "@/graph/json";
import { shareName } from "@/graph/kinds";

export type Model = { readonly provider: string; readonly model: string };

/** A model that a template asks for. */
type Ask = { readonly name: string; readonly label: string; readonly hint: string };

export type Template = {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  readonly models: readonly Ask[];
  /** A number or a field that it asks for, with what it begins with. */
  readonly more: readonly {
    readonly name: string;
    readonly label: string;
    readonly hint: string;
    readonly begin: string;
  }[];
  readonly build: (models: readonly Model[], more: readonly string[]) => Doc;
};

type Leads = Readonly<Record<string, string>>;

function element(id: string, type: string, leads: Leads, properties?: JsonObject): Element {
  const outputs = Object.fromEntries(Object.entries(leads).map(([name, elementId]) => [name, { elementId }]));
  return { id, type, ...(properties === undefined ? {} : { properties }), outputs };
}

function start(next: string): Element {
  return element("start", "start", { next });
}

const END: Element = element("end", "end", {});

/** Without a fallback a failure of the model is the answer. */
function model(id: string, it: Model | undefined, fallback?: string): Element {
  const leads = { success: "end", ...(fallback === undefined ? {} : { fallback }) };
  return element(id, "model", leads, { provider: it?.provider ?? "", model: it?.model ?? "" });
}

/** Percent as typed, in hundredths, kept within what leaves both sides a part. */
function hundredths(text: string | undefined): number {
  const n = Math.round(Number(text) * 100);
  return Number.isFinite(n) ? Math.min(9_999, Math.max(1, n)) : 1_000;
}

const PERCENT = { hint: "Percent of requests", name: "share" };

export const TEMPLATES: readonly Template[] = [
  {
    id: "blank",
    title: "Blank",
    hint: "A start, one model and an end.",
    models: [{ name: "model", label: "Model", hint: "Answers every request" }],
    more: [],
    build: ([only]) => [start("model"), model("model", only), END],
  },
  {
    id: "ab",
    title: "A/B test",
    hint: "Two models share the requests; each user stays with one of them.",
    models: [
      { name: "a", label: "Model A", hint: "Gets the rest, and answers when B fails" },
      { name: "b", label: "Model B", hint: "Gets its share, and answers when A fails" },
    ],
    more: [
      { ...PERCENT, label: "Share of B", begin: "50" },
      {
        name: "key",
        label: "Sticky by",
        hint: "A field whose value always goes to the same model; empty for chance",
        begin: "metadata.user",
      },
    ],
    build: ([a, b], [part, key]) => [
      start("split"),
      // Either is the other's fallback, by an element of its own: leading back to the first would be a circle.
      element(
        "split",
        "percentage",
        { [shareName(hundredths(part), "b")]: "b", [shareName(10_000 - hundredths(part), "a")]: "a" },
        key ? { key } : {},
      ),
      model("a", a, "b-after-a"),
      model("b", b, "a-after-b"),
      model("b-after-a", b),
      model("a-after-b", a),
      END,
    ],
  },
  {
    id: "tiers",
    title: "Plan tiers",
    hint: "Paying users get one model, all others another.",
    models: [
      { name: "paid", label: "Model of the plan", hint: "For those who pay" },
      { name: "free", label: "Model of all others", hint: "Also answers when the first fails" },
    ],
    more: [
      { name: "field", label: "Field", hint: "Where a request says its plan", begin: "metadata.plan" },
      { name: "value", label: "Plan", hint: "What it says of those who pay", begin: "paid" },
    ],
    build: ([paid, free], [field, value]) => [
      start("plan"),
      element(
        "plan",
        "conditional",
        { true: "paid", false: "free" },
        { conditions: { [field || "metadata.plan"]: { $eq: value ?? "" } } },
      ),
      model("paid", paid, "free"),
      model("free", free),
      END,
    ],
  },
  {
    id: "budget",
    title: "Budget with a cheap fallback",
    hint: "Each user has so many dollars a day for the good model, and the cheap one after that.",
    models: [
      { name: "good", label: "Good model", hint: "Within the budget" },
      { name: "cheap", label: "Cheap model", hint: "Beyond it, and when the good one fails" },
    ],
    more: [
      { name: "dollars", label: "Dollars a day", hint: "For each value of the field", begin: "1" },
      { name: "key", label: "For each", hint: "The field that tells users apart", begin: "metadata.user" },
    ],
    build: ([good, cheap], [dollars, key]) => [
      start("budget"),
      element(
        "budget",
        "rate",
        { success: "good", fallback: "cheap" },
        { limitType: "cost", key: key ?? "", limit: Number(dollars), window: 86_400 },
      ),
      model("good", good, "cheap"),
      model("cheap", cheap),
      END,
    ],
  },
  {
    id: "failover",
    title: "Failover over providers",
    hint: "When a model fails the next one answers, up to three.",
    models: [
      { name: "first", label: "First", hint: "Asked for every request" },
      { name: "second", label: "Second", hint: "When the first fails" },
      { name: "third", label: "Third", hint: "When both have failed" },
    ],
    more: [],
    build: ([first, second, third]) => [
      start("first"),
      model("first", first, "second"),
      model("second", second, "third"),
      model("third", third),
      END,
    ],
  },
  {
    id: "canary",
    title: "Canary of a model",
    hint: "A small share tries a new model; when it fails the proven one answers.",
    models: [
      { name: "proven", label: "Proven model", hint: "Answers all other requests" },
      { name: "new", label: "New model", hint: "Answers the share below" },
    ],
    more: [{ ...PERCENT, label: "Share of the new model", begin: "5" }],
    build: ([proven, fresh], [part]) => [
      start("canary"),
      element("canary", "percentage", { [shareName(hundredths(part))]: "new", else: "proven" }, {}),
      model("new", fresh, "proven"),
      model("proven", proven),
      END,
    ],
  },
];
