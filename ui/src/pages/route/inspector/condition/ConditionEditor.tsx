import { type RefObject, useMemo, useState } from "react";
import { asGroup, type Node, owner, read, write } from "@/graph/condition";
import type { Json } from "@/graph/json";
import type { GraphProblem } from "@/graph/problems";
import { sentences } from "../form";
import { JsonField, type Typed } from "../JsonField";
import { Builder, type Shared } from "./Builder";
import "./condition.css";

type Props = {
  value: Json | undefined;
  onValue: (value: Json) => void;
  /** About the condition; their `path` begins with `properties`. */
  problems: readonly GraphProblem[];
  keys: readonly string[];
  readOnly: boolean;
  keep: RefObject<Typed | undefined>;
};

/** One condition as rows and as JSON, beside each other where there is room. Both show the document, so they are always in step. */
export function ConditionEditor({ value = {}, onValue, problems, keys, readOnly, keep }: Props) {
  const [broken, setBroken] = useState(keep.current?.fault !== undefined);
  const root = useMemo(() => read(value), [value]);
  const shared = useMemo(
    (): Shared => ({ readOnly: readOnly || broken, keys, told: told(root, problems) }),
    [root, problems, keys, readOnly, broken],
  );
  return (
    <div className="cond">
      <div className="cond-rows">
        {broken && (
          <p className="soft">The rows wait until the JSON is whole again, so that nothing typed is lost.</p>
        )}
        <Builder node={asGroup(root)} shared={shared} onNode={(it) => onValue(write(it))} />
      </div>
      <JsonField
        label="As JSON"
        value={value}
        onValue={onValue}
        readOnly={readOnly}
        onBroken={setBroken}
        keep={keep}
      />
    </div>
  );
}

/** The sentences of each node. One that names a group which is only the frame of a single row is that row's. */
function told(root: Node, problems: readonly GraphProblem[]): (node: Node) => readonly string[] {
  const found = new Map<Node, GraphProblem[]>();
  for (const it of problems) {
    const node = owner(root, it.path.slice(2));
    found.set(node, [...(found.get(node) ?? []), it]);
  }
  return (node) => sentences(found.get(node) ?? []);
}
