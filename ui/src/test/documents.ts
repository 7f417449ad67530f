/** Documents for tests: any that the server would keep, and strange ones. */
import fc from "fast-check";
import type { Doc, Element } from "@/graph/document";
import type { Json } from "@/graph/json";
import { KINDS } from "@/graph/kinds";

/** Values that differ in type; what is in them is nobody's concern here. */
const anyJson: fc.Arbitrary<Json> = fc.constantFrom<Json>(null, true, 0.5, "", "text", [], [1, { a: null }], {
  b: { c: [] },
});

const ids = ["in", "out", "a", "b", "c", "constructor", "__proto__", ""];
const names = ["next", "true", "false", "success", "fallback", "10%", "50%:b", "else", "__proto__"];

const output = fc
  .tuple(fc.constantFrom(...ids, "nowhere"), fc.dictionary(fc.constantFrom("label", "x-y"), anyJson))
  .map(([elementId, rest]) => ({ ...rest, elementId }));

const outputs = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...names), output), { selector: ([it]) => it })
  .map((it) => Object.fromEntries(it));

const point = fc.record({
  x: fc.integer({ min: -2000, max: 2000 }),
  y: fc.integer({ min: -2000, max: 2000 }),
});
const position = fc.oneof(
  point,
  point.map((it) => ({ ...it, z: 3 })),
  fc.constant("odd"),
  fc.constant(null),
);

const element: fc.Arbitrary<Element> = fc
  .tuple(
    fc.constantFrom(...ids),
    fc.constantFrom(...KINDS, "rate_limit", "later"),
    fc.record(
      {
        outputs,
        position,
        properties: fc.dictionary(fc.constantFrom("limit", "conditions", "__proto__", "x y"), anyJson),
      },
      { requiredKeys: [] },
    ),
    fc.dictionary(fc.constantFrom("note", "ui", "outputs2"), anyJson),
  )
  .map(
    ([id, type, known, unknown]) => ({ ...unknown, ...known, id, type }) as { [key: string]: Json } & Element,
  );

/** Any document, with duplicate ids, loops, outputs that lead nowhere and unknown members. */
export const anyDoc: fc.Arbitrary<Doc> = fc.array(element, { maxLength: 8 });

/** A small sound route. */
export const sample: Doc = [
  { id: "in", type: "start", outputs: { next: { elementId: "plan" } } },
  {
    id: "plan",
    type: "conditional",
    properties: { conditions: { "metadata.plan": "paid" } },
    outputs: { true: { elementId: "big", note: "kept" }, false: { elementId: "small" } },
    position: { x: 256, y: 0 },
    color: "teal",
  },
  {
    id: "big",
    type: "model",
    properties: { provider: "echo", model: "echo" },
    outputs: { success: { elementId: "out" }, fallback: { elementId: "small" } },
  },
  {
    id: "small",
    type: "model",
    properties: { provider: "echo", model: "echo" },
    outputs: { success: { elementId: "out" } },
  },
  { id: "out", type: "end" },
];
