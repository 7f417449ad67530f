import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  asGroup,
  freshGroup,
  freshTest,
  type Node,
  OPERATORS,
  owner,
  read,
  withOperator,
  write,
} from "./condition";
import { isObject, type Json } from "./json";

const fields = ["metadata.plan", "body.x[0]", "headers.a", "request.hour", "__proto__", "", "constructor"];
const leaf = fc.oneof(
  fc.constantFrom<Json>(null, true, false, 0, 1.5, "", "paid"),
  fc.array(fc.constantFrom<Json>(1, "a", null), { maxLength: 3 }),
);
const entries = <T>(key: fc.Arbitrary<string>, value: fc.Arbitrary<T>, maxLength = 3) =>
  fc
    .uniqueArray(fc.tuple(key, value), { selector: ([it]) => it, maxLength })
    .map((it) => Object.fromEntries(it));

/** Anything that looks like a condition, right or wrong. */
const { condition } = fc.letrec<{ condition: Json; tests: Json }>((tie) => ({
  tests: fc.oneof(
    { depthSize: "small" },
    leaf,
    entries(fc.constantFrom(...OPERATORS, "$not", "$like", "plain"), fc.oneof(leaf, tie("tests"))),
  ),
  condition: fc.oneof(
    { depthSize: "small" },
    leaf,
    entries(fc.constantFrom(...fields), tie("tests")),
    entries(
      fc.constantFrom("$and", "$or", "$nor", "$not", "$xor", ...fields),
      fc.oneof(fc.array(tie("condition"), { maxLength: 3 }), tie("condition")),
    ),
  ),
}));

/** What a tree means, for one request; whatever is raw is taken as a fact of its own. */
type Facts = (text: string) => boolean;
function holds(node: Node, facts: Facts): boolean {
  if (node.kind === "raw") return facts(JSON.stringify(node.json));
  if (node.kind === "test") {
    const it = facts(JSON.stringify([node.field, node.operator, node.operand]));
    return node.negated ? !it : it;
  }
  const items = node.items.map((it) => holds(it, facts));
  if (node.mode === "any") return items.some(Boolean);
  if (node.mode === "none") return !items.some(Boolean);
  return node.mode === "all" ? items.every(Boolean) : !items.every(Boolean);
}

const tests: fc.Arbitrary<Node> = fc.record({
  kind: fc.constant("test" as const),
  field: fc.constantFrom("a", "b"),
  operator: fc.constantFrom(...OPERATORS),
  operand: fc.constantFrom<Json>("x", 1, { y: 1 }),
  negated: fc.boolean(),
  bare: fc.boolean(),
  path: fc.constant([]),
});
const { tree } = fc.letrec<{ tree: Node }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small" },
    tests,
    fc.record({
      kind: fc.constant("group" as const),
      mode: fc.constantFrom("all" as const, "any" as const, "none" as const, "notAll" as const),
      listed: fc.boolean(),
      items: fc.array(tie("tree"), { minLength: 1, maxLength: 4 }),
      path: fc.constant([]),
    }),
  ),
}));

describe("conditions as rows", () => {
  it("reading and writing gives the same JSON, order included, whatever it is", () => {
    fc.assert(
      fc.property(fc.oneof(condition, fc.jsonValue() as fc.Arbitrary<Json>), (json) => {
        expect(JSON.stringify(write(read(json)))).toBe(JSON.stringify(json));
      }),
      { numRuns: 500 },
    );
  });

  it("whatever is built says the same after it was written and read", () => {
    fc.assert(
      fc.property(tree, fc.infiniteStream(fc.boolean()), (node, coin) => {
        const known = new Map<string, boolean>();
        const facts: Facts = (text) => {
          const it = known.get(text) ?? coin.next().value;
          known.set(text, it);
          return it;
        };
        expect(holds(read(write(node)), facts)).toBe(holds(node, facts));
      }),
      { numRuns: 500 },
    );
  });

  it("several operators on a field are rows of one group", () => {
    const node = read({ "request.hour": { $gte: 8, $lt: 18 }, "metadata.plan": "paid" });
    expect(node.kind === "group" && node.items.map((it) => it.kind === "test" && it.operator)).toEqual([
      "$gte",
      "$lt",
      "$eq",
    ]);
  });

  it("two rows of one field and operator become a list, and neither is lost", () => {
    const root = asGroup(read({ "metadata.a": "x" }));
    const two = write({ ...root, items: [...root.items, freshTest("metadata.a")] });
    expect(two).toEqual({ $and: [{ "metadata.a": "x" }, { "metadata.a": "" }] });
  });

  it("an unknown operator stays a raw block beside rows", () => {
    const json = { "metadata.a": { $gt: 1, $like: "x" }, $xor: [1] };
    const node = asGroup(read(json));
    expect(node.items.map((it) => it.kind)).toEqual(["test", "raw", "raw"]);
    expect(write(node)).toEqual(json);
  });

  it("a problem finds its row, its field or its group", () => {
    const root = read({ $or: [{ "metadata.a": 1 }, { bad: { $gt: true, $like: 2 } }, { $and: [] }] });
    const at = (...path: (string | number)[]) => write(owner(root, path));
    expect(at("$or", 0, "metadata.a")).toEqual({ "metadata.a": 1 });
    expect(at("$or", 1, "bad", "$gt")).toEqual({ bad: { $gt: true } });
    expect(at("$or", 1, "bad")).toEqual({ bad: { $gt: true } });
    expect(at("$or", 1, "bad", "$like")).toEqual({ bad: { $like: 2 } });
    expect(at("$or", 2, "$and")).toEqual({ $and: [] });
    expect(owner(root, [])).toBe(root);
  });

  it("another operator keeps of the value what it can", () => {
    const test = freshTest("metadata.a");
    const values = (operand: Json) => OPERATORS.map((it) => withOperator({ ...test, operand }, it).operand);
    expect(withOperator({ ...test, operand: "5" }, "$gt").operand).toBe(5);
    expect(withOperator({ ...test, operand: "a" }, "$in").operand).toEqual(["a"]);
    expect(withOperator({ ...test, operand: ["a", "b"] }, "$eq").operand).toBe("a");
    for (const it of values([])) expect(it).toBeDefined();
    expect(isObject(write(freshGroup("any")))).toBe(true);
  });
});
