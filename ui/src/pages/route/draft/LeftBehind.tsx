import { useState } from "react";
import { forget } from "@/session/kept";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { useDraft, useDraftStore } from "./context";
import type { Left } from "./keep";
import { Merging } from "./MergeDialog";
import "./left.css";

type Props = { left: readonly Left[]; onGone: (it: Left) => void };

/** Work of tabs that are gone, and that never came to the server: offered, and compared before anything is taken over. */
export default function LeftBehind({ left, onGone }: Props) {
  const [open, setOpen] = useState<Left>();
  const settled = useDraft(({ conflict, pending }) => conflict === undefined && pending === undefined);
  return (
    <>
      {left.map((it) => (
        <p key={it.name} className="left-behind" role="status">
          <span>
            Unsaved work on this route, of <strong>{said(it)}</strong>, is kept in this browser.
          </span>
          <Button onClick={() => setOpen(it)} disabled={!settled}>
            Compare and take over
          </Button>
        </p>
      ))}
      <Dialog
        open={open !== undefined}
        title={open ? `Unsaved work of ${said(open)}` : ""}
        onClose={() => setOpen(undefined)}
        wide
      >
        {open && (
          <Taking
            it={open}
            onLater={() => setOpen(undefined)}
            onDone={() => {
              forget(open.name);
              onGone(open);
              setOpen(undefined);
            }}
          />
        )}
      </Dialog>
    </>
  );
}

const WORDS = {
  mine: "Taken from the unsaved work",
  theirs: "Changed in the draft since then",
  outcome: "What taking it over does to the draft as it is now",
  settle: "Take it over",
  drop: "Forget it",
};

type TakingProps = { it: Left; onLater: () => void; onDone: () => void };

function Taking({ it: { kept }, onLater, onDone }: TakingProps) {
  const store = useDraftStore();
  const theirs = useDraft(({ document }) => document);
  const texts = [...kept.unread.map(({ text }) => text), ...(kept.pending ? [kept.pending.text] : [])];
  return (
    <>
      {texts.length > 0 && (
        <section className="left-texts">
          <p>
            {texts.length === 1 ? "A text" : `${texts.length} texts`} that was typed and is no value yet comes
            with it, to where it was typed:
          </p>
          {texts.map((text) => (
            <pre key={text}>{text}</pre>
          ))}
        </section>
      )}
      <Merging
        base={kept.saved}
        mine={kept.document}
        theirs={theirs}
        intro="A tab that is closed now did not get this to the server. Nothing changes until you decide; taking it over can be undone."
        words={WORDS}
        onSettle={(doc) => {
          store.take(doc, kept);
          onDone();
        }}
        onDrop={() => {
          if (window.confirm("Forget this work? It is nowhere else.")) onDone();
        }}
        onLater={onLater}
      />
    </>
  );
}

function said({ kept }: Left): string {
  return new Date(kept.time).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}
