import { describe, expect, it } from "vitest";
import { Problem } from "@/api/problem";
import { keyed, outputs, properties } from "@/graph/document";
import { kindOf, SHAPES } from "@/graph/kinds";
import { toGraph } from "@/graph/nodes";
import { shares } from "@/graph/words";
import { placed } from "./refused";
import { TEMPLATES } from "./templates";

const models = ["one", "two", "three"].map((model) => ({ provider: "echo", model }));
const begun = TEMPLATES.map((it) => ({
  it,
  doc: it.build(
    models.slice(0, it.models.length),
    it.more.map((one) => one.begin),
  ),
}));

describe.each(begun)("template $it.id", ({ it: template, doc }) => {
  it("has one start, and every element can be reached from it", () => {
    const next = new Map<string, string[]>();
    for (const { source, target } of toGraph(doc).edges)
      next.set(source, [...(next.get(source) ?? []), target]);
    const reached = new Set<string>();
    const open = doc.filter((one) => one.type === "start").map((one) => one.id);
    expect(open).toHaveLength(1);
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (reached.has(at)) continue;
      reached.add(at);
      open.push(...(next.get(at) ?? []));
    }
    expect([...reached].sort()).toEqual(
      keyed(doc)
        .map(([key]) => key)
        .sort(),
    );
  });

  it("leads every output that its kinds must have, and none nowhere", () => {
    const ids = new Set(doc.map((one) => one.id));
    for (const one of doc) {
      const kind = kindOf(one.type);
      const all = outputs(one);
      if (kind !== undefined) {
        const must = SHAPES[kind].outputs.filter((name) => !SHAPES[kind].optional.includes(name));
        expect(all.map(([name]) => name)).toEqual(expect.arrayContaining([...must]));
      }
      for (const [, to] of all) expect(ids.has(to ?? "")).toBe(true);
    }
  });

  it("names every model that it asks for", () => {
    const named = new Set(doc.map((one) => properties(one).model).filter((one) => one !== undefined));
    expect(named.size).toBe(template.models.length);
  });

  it("splits into a whole", () => {
    for (const one of doc.filter((each) => each.type === "percentage")) {
      const parts = shares(outputs(one).map(([name]) => name));
      expect([...(parts?.values() ?? [])].reduce((sum, n) => sum + n, 0)).toBe(10_000);
    }
  });
});

describe("what is typed into a template", () => {
  const build = (id: string, more: string[]) =>
    TEMPLATES.find((it) => it.id === id)?.build(models, more) ?? [];
  const names = (id: string, more: string[], at: string) =>
    outputs(build(id, more).find((it) => it.id === at) ?? { id: "", type: "" }).map(([name]) => name);

  it("a share is kept to hundredths, and leaves both sides a part", () => {
    expect(names("ab", ["12.5", ""], "split")).toEqual(["12.5%:b", "87.5%:a"]);
    expect(names("canary", ["100"], "canary")).toEqual(["99.99%", "else"]);
    expect(names("canary", ["none"], "canary")).toEqual(["10%", "else"]);
  });

  it("without a field a split is by chance", () => {
    expect(build("ab", ["50", ""])[1]?.properties).toEqual({});
    expect(build("ab", ["50", "metadata.team"])[1]?.properties).toEqual({ key: "metadata.team" });
  });

  it("a budget is dollars in a day, for each value of its field", () => {
    expect(build("budget", ["2.5", "metadata.user"])[1]?.properties).toEqual({
      limitType: "cost",
      key: "metadata.user",
      limit: 2.5,
      window: 86_400,
    });
  });
});

it("what is wrong with a model is said once, at the model that was chosen", () => {
  const chosen = [
    { provider: "echo", model: "echo" },
    { provider: "nobody", model: "x" },
  ];
  const doc = TEMPLATES.find((it) => it.id === "ab")?.build(chosen, ["50", ""]) ?? [];
  const entry = (i: number, message: string) => ({
    code: 7001,
    message,
    path: ["body", "elements", i, "properties", "provider"],
  });
  const found = placed(
    new Problem("refused", 400, "no", [
      entry(3, "no such provider"),
      entry(4, "no such provider"),
      { code: 7005, message: "taken", source: { pointer: "/name" } },
      { code: 7001, message: "odd", path: ["body", "elements", 1, "properties", "key"] },
    ]),
    doc,
    chosen,
  );
  expect(found).toEqual({ name: ["taken"], models: [[], ["no such provider"]], others: ["odd"] });
});
