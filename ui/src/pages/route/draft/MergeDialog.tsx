import { type ReactNode, useMemo, useState } from "react";
import { Canvas } from "@/canvas/Canvas";
import { diff } from "@/graph/diff";
import type { Doc, Element, Key } from "@/graph/document";
import { type Conflict as Clash, merge, type Side } from "@/graph/merge";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Sentence } from "@/ui/Sentence";
import { Changes, textsOf } from "../versions/Changes";
import { useDraftStore } from "./context";
import type { Conflict } from "./state";
import "./merge.css";

type Props = { conflict: Conflict; open: boolean; onClose: () => void };

/** Two have changed the draft: what goes together is put together, and what does not is chosen here, element by element. */
export default function MergeDialog({ conflict, open, onClose }: Props) {
  return (
    <Dialog open={open} title="The draft was changed elsewhere" onClose={onClose} wide>
      <Choosing conflict={conflict} onClose={onClose} />
    </Dialog>
  );
}

function Choosing({ conflict, onClose }: Omit<Props, "open">) {
  const store = useDraftStore();
  const settle = (result: Doc) => {
    store.resolve(result);
    onClose();
  };
  const { by, ...sides } = conflict;
  return (
    <Merging
      {...sides}
      mine={store.get().document}
      intro={
        <>
          {by === undefined ? "Another tab or person" : `Another tab or person (${by})`} saved this draft
          while you changed it. Nothing is overwritten until you decide.
        </>
      }
      onSettle={settle}
      onDrop={() => settle(conflict.theirs)}
      onLater={onClose}
    />
  );
}

type MergingProps = {
  base: Doc;
  mine: Doc;
  theirs: Doc;
  /** How it came to two sides. */
  intro: ReactNode;
  words?: Words;
  onSettle: (result: Doc) => void;
  /** Goes on without what is mine. */
  onDrop: () => void;
  onLater: () => void;
};

type Words = {
  readonly mine: string;
  readonly theirs: string;
  readonly outcome: string;
  readonly settle: string;
  readonly drop: string;
};

const TWO: Words = {
  mine: "Taken from you",
  theirs: "Taken from the other side",
  outcome: "The outcome, and where it differs from what is saved now",
  settle: "Save the outcome",
  drop: "Drop my changes",
};

export function Merging(props: MergingProps) {
  const { base, mine, theirs, intro, words = TWO, onSettle, onDrop, onLater } = props;
  const merged = useMemo(() => merge(base, mine, theirs), [base, mine, theirs]);
  const [choices, setChoices] = useState<ReadonlyMap<Key, Side>>(new Map());
  const doc = useMemo(() => merged.doc(choices), [merged, choices]);
  const shown = useMemo(() => diff(theirs, doc), [theirs, doc]);
  const { conflicts, taken } = merged;
  const undecided = conflicts.filter((it) => !choices.has(it.key)).length;
  return (
    <div className="merge">
      <p>
        {intro}{" "}
        {conflicts.length === 0 && "The changes do not touch each other: they go together as they are."}
      </p>
      <Taken title={words.mine} keys={taken.mine} />
      <Taken title={words.theirs} keys={taken.theirs} />
      {conflicts.map((it) => (
        <One
          key={it.key}
          base={base}
          clash={it}
          side={choices.get(it.key)}
          onSide={(side) => setChoices(new Map(choices).set(it.key, side))}
        />
      ))}
      <h3>{words.outcome}</h3>
      <Changes changes={textsOf(shown)} none="It does not differ." />
      <div className="merge-canvas">
        <Canvas label="Outcome of the merge" document={shown.both} marks={shown} readOnly plain />
      </div>
      <div className="merge-actions">
        <Button look="primary" disabled={undecided > 0} onClick={() => onSettle(doc)}>
          {words.settle}
        </Button>
        {undecided > 0 && (
          <span className="soft">
            {undecided === 1 ? "One element is" : `${undecided} elements are`} still to be chosen.
          </span>
        )}
        <Button onClick={onLater}>Decide later</Button>
        <Button look="danger" onClick={onDrop}>
          {words.drop}
        </Button>
      </div>
    </div>
  );
}

function Taken({ title, keys }: { title: string; keys: readonly Key[] }) {
  if (keys.length === 0) return null;
  return (
    <p className="soft">
      {title}:{" "}
      {keys.map((it, i) => (
        <span key={it}>
          {i > 0 && ", "}
          <code>{it.split("\u0000")[0]}</code>
        </span>
      ))}
    </p>
  );
}

type OneProps = { base: Doc; clash: Clash; side: Side | undefined; onSide: (side: Side) => void };

function One({ base, clash, side, onSide }: OneProps) {
  const id = clash.key.split("\u0000")[0];
  return (
    <fieldset className="merge-one">
      <legend>
        Both changed <code>{id}</code>
      </legend>
      {(["mine", "theirs"] as const).map((it) => (
        <label key={it} data-chosen={side === it || undefined}>
          <input type="radio" name={`merge-${clash.key}`} checked={side === it} onChange={() => onSide(it)} />
          <span>
            <strong>{it === "mine" ? "Mine" : "Theirs"}</strong>
            {said(base, clash, clash[it]).map((text) => (
              <span key={text} className="merge-said">
                <Sentence text={text} />
              </span>
            ))}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** What one side did to the element, in sentences. */
function said(base: Doc, { key, base: was }: Clash, now: Element | undefined): readonly string[] {
  const rest = base.filter((it) => it !== was);
  const after = now === undefined ? rest : [...rest, now];
  const before = was === undefined ? rest : [...rest, was];
  const found = diff(before, after).changes.filter((it) => it.element === key || it.element === now?.id);
  return found.length > 0
    ? found.map((it) => it.text)
    : ["It stands elsewhere on the canvas, or says something else."];
}
