import { freshGroup, freshTest, type Group, type Mode, type Node } from "@/graph/condition";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { useFocusNext } from "@/ui/useFocusNext";
import { useRowRemoved, Within } from "../unread";
import { RawRow, TestRow } from "./Row";

/** What every row needs. */
export type Shared = {
  readonly readOnly: boolean;
  /** Keys of metadata that requests have carried. */
  readonly keys: readonly string[];
  /** The server's sentences about a node. */
  readonly told: (node: Node) => readonly string[];
};

const MODES: readonly (readonly [Mode, string])[] = [
  ["all", "All of these hold"],
  ["any", "At least one of these holds"],
  ["none", "None of these holds"],
  ["notAll", "Not all of these hold"],
];

/** How deep the server lets conditions nest. */
const DEPTH = 15;

type Props = {
  node: Group;
  shared: Shared;
  onNode: (node: Node) => void;
  onRemove?: () => void;
  depth?: number;
};

/** One group: its rows, and groups within it. */
export function Builder({ node, shared, onNode, onRemove, depth = 0 }: Props) {
  const { ref, next } = useFocusNext<HTMLFieldSetElement>();
  const rowRemoved = useRowRemoved();
  const { readOnly } = shared;
  const told = shared.told(node);
  const withItems = (items: readonly Node[]) => onNode({ ...node, items });
  const replace = (at: number, item: Node) => withItems(node.items.map((it, i) => (i === at ? item : it)));
  const remove = (at: number) => {
    next((it) => it);
    withItems(node.items.filter((_, i) => i !== at));
    rowRemoved(at);
  };
  const add = (item: Node) => {
    // The row stands right above the buttons.
    next((it) => it.lastElementChild?.previousElementSibling?.querySelector("input"));
    withItems([...node.items, item]);
  };
  const mode = (value: string) => {
    const found = MODES.find(([it]) => it === value)?.[0];
    if (found !== undefined) onNode({ ...node, mode: found, listed: found !== "all" || depth > 0 });
  };
  return (
    <fieldset ref={ref} tabIndex={-1} className="cond-group" data-wrong={told.length > 0}>
      <legend className="hidden">{MODES.find(([it]) => it === node.mode)?.[1]}</legend>
      <div className="cond-head">
        <Field label="How these are combined" bare problems={told}>
          {(control) => (
            <Select
              {...control}
              options={MODES.map(([value, label]) => ({ value, label }))}
              value={node.mode}
              onValue={mode}
              disabled={readOnly}
            />
          )}
        </Field>
        {onRemove && !readOnly && (
          <Button look="quiet" aria-label="Remove the group" onClick={onRemove}>
            ×
          </Button>
        )}
      </div>
      {node.items.map((it, i) => (
        <Within key={place(it, i)} name={i}>
          <Item
            node={it}
            shared={shared}
            depth={depth}
            onNode={(next) => replace(i, next)}
            onRemove={() => remove(i)}
          />
        </Within>
      ))}
      {!readOnly && (
        <div className="insp-row">
          <Button onClick={() => add(freshTest())}>Add row</Button>
          {depth < DEPTH && (
            <Button onClick={() => add(freshGroup(node.mode === "any" ? "all" : "any"))}>Add group</Button>
          )}
        </div>
      )}
    </fieldset>
  );
}

type ItemProps = {
  node: Node;
  shared: Shared;
  depth: number;
  onNode: (node: Node) => void;
  onRemove: () => void;
};

function Item({ node, depth, ...rest }: ItemProps) {
  switch (node.kind) {
    case "test":
      return <TestRow node={node} {...rest} />;
    case "raw":
      return <RawRow node={node} {...rest} />;
    case "group":
      return <Builder node={node} {...rest} depth={depth + 1} />;
  }
}

/** A row has no name of its own: it is what stands in its place. */
function place(node: Node, at: number): string {
  return `${node.kind} ${at}`;
}
