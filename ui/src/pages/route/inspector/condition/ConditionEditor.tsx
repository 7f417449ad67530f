import { useMemo } from "react";
import { asGroup, type Node, owner, read, write } from "@/graph/condition";
import type { Json } from "@/graph/json";
import type { GraphProblem } from "@/graph/problems";
import { sentences } from "../form";
import { JsonField } from "../JsonField";
import { useUnread, Within } from "../unread";
import { Builder, type Shared } from "./Builder";
import "./condition.css";

type Props = {
  value: Json | undefined;
  onValue: (value: Json) => void;
  /** About the condition; their `path` begins with `properties`. */
  problems: readonly GraphProblem[];
  keys: readonly string[];
  readOnly: boolean;
};

/** One condition as rows and as JSON, beside each other where there is room. Both show the document, so they are always in step. */
export function ConditionEditor(props: Props) {
  return (
    <Within name="condition">
      <Both {...props} />
    </Within>
  );
}

const JSON_LABEL = "As JSON";

function Both({ value = {}, onValue, problems, keys, readOnly }: Props) {
  const broken = useUnread(JSON_LABEL).text !== undefined;
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
      <JsonField label={JSON_LABEL} value={value} onValue={onValue} readOnly={readOnly} />
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
