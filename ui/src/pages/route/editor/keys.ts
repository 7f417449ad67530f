import type { KeyboardEvent } from "react";
import type { Asked } from "./Picks";
import type { Actions } from "./useActions";

type Given = {
  actions: Actions;
  readOnly: boolean;
  ask: (what: NonNullable<Asked>["what"]) => void;
  help: () => void;
  inspect: () => void;
  nextProblem: () => void;
  save: () => void;
};

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Keys of the canvas that change something, or lead elsewhere. Those that only move about are the canvas's own. */
export function onKey(given: Given) {
  return (event: KeyboardEvent) => {
    if (event.target instanceof Element && event.target.closest("input, textarea, select, dialog")) return;
    const done = bound(event, given);
    if (done === undefined) return;
    event.preventDefault();
    done();
  };
}

function bound(event: KeyboardEvent, given: Given): (() => void) | undefined {
  const { actions, readOnly } = given;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) {
    if (key === "s") return given.save;
    if (key === "a") return actions.selectAll;
    if (readOnly) return undefined;
    if (key === "z") return event.shiftKey ? actions.redo : actions.undo;
    if (key === "y") return actions.redo;
    return key === "d" ? actions.duplicate : undefined;
  }
  if (event.altKey) {
    const step = STEPS[key];
    return step && !readOnly ? () => actions.nudge(...step) : undefined;
  }
  if (key === "?") return given.help;
  if (key === "n") return given.nextProblem;
  // On a button Enter presses it.
  if (key === "Enter") {
    return event.target instanceof Element && event.target.closest("button, a") ? undefined : given.inspect;
  }
  if (readOnly) return undefined;
  if (key === "a" || key === "/") return () => given.ask("add");
  if (key === "g") return () => given.ask("go");
  if (key === "l") return actions.arrange;
  return key === "Delete" || key === "Backspace" ? actions.remove : undefined;
}
