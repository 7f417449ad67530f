/** Undo and redo, as a pure reducer over documents. */
import type { Doc } from "./document";

export type History = {
  readonly past: readonly Step[];
  readonly present: Doc;
  readonly future: readonly Step[];
  /** What the last change was; a change with the same mark becomes a part of it. */
  readonly mark: string | undefined;
};

/** A state, and what was done to leave it. */
type Step = { readonly doc: Doc; readonly label: string };

export type Action =
  /** `mark`: changes in a row with one mark (keystrokes in a field, a drag) are undone as one. */
  | { readonly type: "change"; readonly doc: Doc; readonly label: string; readonly mark?: string }
  | { readonly type: "undo" }
  | { readonly type: "redo" }
  /** Ends a row: the next change is one of its own, whatever its mark. */
  | { readonly type: "settle" }
  /** Another document: what was done before cannot be undone. */
  | { readonly type: "load"; readonly doc: Doc };

/** Steps that are kept. */
export const DEPTH = 200;

export function begin(doc: Doc): History {
  return { past: [], present: doc, future: [], mark: undefined };
}

export function reduce(state: History, action: Action): History {
  switch (action.type) {
    case "load":
      return begin(action.doc);
    case "settle":
      return state.mark === undefined ? state : { ...state, mark: undefined };
    case "undo":
      return undo(state);
    case "redo":
      return redo(state);
    case "change":
      return change(state, action.doc, action.label, action.mark);
  }
}

function change(state: History, doc: Doc, label: string, mark: string | undefined): History {
  if (doc === state.present) return state;
  if (mark !== undefined && mark === state.mark && state.future.length === 0)
    return { ...state, present: doc };
  const past = [...state.past, { doc: state.present, label }].slice(-DEPTH);
  return { past, present: doc, future: [], mark };
}

function undo(state: History): History {
  const last = state.past.at(-1);
  if (last === undefined) return state;
  const future = [{ doc: state.present, label: last.label }, ...state.future];
  return { past: state.past.slice(0, -1), present: last.doc, future, mark: undefined };
}

function redo(state: History): History {
  const [next, ...future] = state.future;
  if (next === undefined) return state;
  const past = [...state.past, { doc: state.present, label: next.label }];
  return { past, present: next.doc, future, mark: undefined };
}
