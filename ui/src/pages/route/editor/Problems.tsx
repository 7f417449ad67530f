import type { Selection } from "@/canvas/types";
import { type GraphProblem, told } from "@/graph/problems";
import { Button } from "@/ui/Button";
import { Sentence } from "@/ui/Sentence";
import { useFocusNext } from "@/ui/useFocusNext";
import { useDraft, useDraftStore } from "../draft/context";
import { drop } from "../draft/unread";
import { placeOf } from "./placeOf";
import { unreadOf, useShownProblems } from "./useShownProblems";

type Props = { onJump: (to: Selection) => void; onJson: () => void };

/** All problems, errors first; each leads to where it is. */
export function Problems({ onJump, onJson }: Props) {
  const { problems, checked, pending } = useDraft((it) => it);
  const shown = useShownProblems();
  const { ref, next } = useFocusNext<HTMLElement>();
  const toPlaceOf = (at: number) =>
    next(
      (it) =>
        it.querySelectorAll(".problem-row")[Math.min(at, shown.all.length - 2)]?.querySelector("button") ??
        it,
    );
  const errors = problems.all.filter((it) => it.severity === "error").length;
  const typed = shown.all.length - problems.all.length + (pending === undefined ? 0 : 1);
  return (
    <section
      ref={ref}
      tabIndex={-1}
      className="problems"
      aria-labelledby="problems-title"
      data-checking={!checked || undefined}
    >
      <h2 id="problems-title">Problems</h2>
      <p className="soft" role="status">
        {typed > 0 && `${typed === 1 ? "One text is" : `${typed} texts are`} not in the graph. Without: `}
        {summary(errors, problems.all.length - errors)}
      </p>
      <ul>
        {pending !== undefined && (
          <li>
            <button type="button" className="problem" onClick={onJson}>
              <Flag severity="error" />
              <span>
                <span className="hidden">error: </span>
                What was typed as JSON is no graph yet, and is not in it.
              </span>
            </button>
          </li>
        )}
        {shown.all.map((it, i) => (
          <Entry
            key={[it.code, it.element, ...it.path].join(" ")}
            it={it}
            onJump={() => onJump(placeOf(it))}
            onDiscarded={() => toPlaceOf(i)}
          />
        ))}
      </ul>
    </section>
  );
}

type EntryProps = { it: GraphProblem; onJump: () => void; onDiscarded: () => void };

function Entry({ it, onJump, onDiscarded }: EntryProps) {
  const store = useDraftStore();
  const typed = useDraft(({ unread }) => unreadOf(unread, it));
  return (
    <li className="problem-row">
      <button type="button" className="problem" onClick={onJump}>
        <Flag severity={it.severity} />
        <span>
          <span className="hidden">{it.severity}: </span>
          {it.element !== undefined && <strong>{it.element.split("\u0000")[0]}</strong>}{" "}
          <Sentence text={told(it)} />
        </span>
      </button>
      {typed !== undefined && (
        <Button
          look="quiet"
          title={typed.text}
          aria-label={`Discard what was typed into ${typed.field.at(-1)} of ${typed.element.split("\u0000")[0]}`}
          onClick={() => {
            onDiscarded();
            store.typed((all) => drop(all, typed.element, typed.field));
          }}
        >
          Discard
        </Button>
      )}
    </li>
  );
}

function Flag({ severity }: { severity: GraphProblem["severity"] }) {
  return (
    <span className={`node-flag node-flag-${severity}`} aria-hidden="true">
      {severity === "error" ? "!" : "?"}
    </span>
  );
}

function summary(errors: number, warnings: number): string {
  const many = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`;
  if (errors === 0 && warnings === 0) return "None: it can be deployed as it is.";
  if (errors === 0) return `${many(warnings, "warning")}. It can be deployed as it is.`;
  const more = warnings === 0 ? "" : ` and ${many(warnings, "warning")}`;
  return `${many(errors, "error")}${more}. It cannot be deployed yet.`;
}
