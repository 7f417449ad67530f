import { useMemo, useState } from "react";
import { diff } from "@/graph/diff";
import type { Doc, Key } from "@/graph/document";
import { type Conflict, merge, type Side } from "@/graph/merge";
import { Button } from "@/ui/Button";
import { count } from "@/ui/format";
import { Changes, textsOf } from "./Changes";
import { Choose } from "./Choose";
import "./merge.css";

type Props = {
  /** What both sides began with. */
  base: Doc;
  mine: Doc;
  theirs: Doc;
  /** Who saved theirs, if that is known. */
  by?: string | undefined;
  onResolve: (doc: Doc) => void;
};

/**
 * A draft that was changed on two sides. What does not clash is together already; for each element that both changed one side is
 * chosen, and nothing is saved before that.
 */
export function MergeView({ base, mine, theirs, by, onResolve }: Props) {
  const merged = useMemo(() => merge(base, mine, theirs), [base, mine, theirs]);
  const own = useMemo(() => diff(base, mine), [base, mine]);
  const other = useMemo(() => diff(base, theirs), [base, theirs]);
  const [choices, setChoices] = useState<ReadonlyMap<Key, Side>>(new Map());
  const { conflicts } = merged;
  const open = conflicts.filter((it) => !choices.has(it.key)).length;
  const choose = (side: Side, ...keys: Key[]) =>
    setChoices(new Map([...choices, ...keys.map((it) => [it, side] as const)]));
  const all = conflicts.map((it) => it.key);
  const settled = (side: Side) => {
    const clash = new Set(all);
    return textsOf(side === "mine" ? own : other).filter((it) => !clash.has(it.element));
  };
  const whose = by === undefined ? "Theirs" : `Theirs, by ${by}`;
  return (
    <section className="merge" aria-label="Two sets of changes">
      <p>
        {by === undefined ? "Somebody else" : by} saved this draft while you changed it. Nothing is lost: what
        does not clash is together already
        {conflicts.length > 0
          ? `, and ${count(conflicts.length)} ${conflicts.length === 1 ? "element needs" : "elements need"} your choice.`
          : "."}
      </p>
      {conflicts.length > 1 && (
        <div className="merge-row">
          <Button onClick={() => choose("mine", ...all)}>Mine for all</Button>
          <Button onClick={() => choose("theirs", ...all)}>Theirs for all</Button>
        </div>
      )}
      {conflicts.map((it) => (
        <Choose
          key={it.key}
          conflict={it}
          said={{ mine: saying(it, "mine", textsOf(own)), theirs: saying(it, "theirs", textsOf(other)) }}
          names={{ mine: "Mine", theirs: whose }}
          side={choices.get(it.key)}
          onSide={(side) => choose(side, it.key)}
        />
      ))}
      <div className="merge-settled">
        <Changes title="Yours, kept" changes={settled("mine")} none="No other changes of yours." />
        <Changes title={`${whose}, kept`} changes={settled("theirs")} none="No other changes of theirs." />
      </div>
      <div className="merge-row merge-end">
        <p role="status" className="soft">
          {open > 0
            ? `${count(open)} still to choose`
            : "Everything is chosen. Undo brings back your own state."}
        </p>
        <Button look="primary" disabled={open > 0} onClick={() => onResolve(merged.doc(choices))}>
          Go on with this
        </Button>
      </div>
    </section>
  );
}

/** What one side did to the element; when that has no sentence of its own, that it did nothing. */
function saying(
  { key, base, ...sides }: Conflict,
  side: Side,
  changes: readonly { element: Key; text: string }[],
) {
  const found = changes.filter((it) => it.element === key).map((it) => it.text);
  if (found.length > 0) return found;
  if (sides[side] === undefined) return [`\`${key}\` is removed.`];
  return [base === undefined ? `\`${key}\` is added.` : `\`${key}\` stays, and other elements lead to it.`];
}
