import { useMemo } from "react";
import { NOTHING, type Selection } from "@/canvas/types";
import { copy, read } from "@/graph/clipboard";
import type { Doc, Key, Point } from "@/graph/document";
import { connect, disconnect, move } from "@/graph/edit";
import { type Kind, SHAPES } from "@/graph/kinds";
import type { DraftStore } from "../draft/store";
import {
  addElement,
  arranged,
  type Done,
  duplicateSelected,
  everything,
  type From,
  nudged,
  pasted,
  pinned,
  removeSelected,
} from "./commands";

/** Everything that can be done in the editor, by whatever key, button or gesture. The same object as long as the store is. */
export function useActions(store: DraftStore) {
  return useMemo(() => actions(store), [store]);
}

export type Actions = ReturnType<typeof actions>;

function actions(store: DraftStore) {
  const { dispatch } = store;
  const change = (label: string, next: (doc: Doc) => Doc, mark?: string) =>
    dispatch({ type: "change", label, change: next, ...(mark === undefined ? {} : { mark }) });
  const done = (label: string, next: (doc: Doc) => Done) => {
    let selection: Selection = NOTHING;
    const apply = (doc: Doc) => {
      const it = next(doc);
      selection = it.selection;
      return it.doc;
    };
    dispatch({ type: "change", label, change: apply, select: () => selection });
  };
  return {
    select: (selection: Selection) => dispatch({ type: "select", selection }),
    selectAll: () => dispatch({ type: "select", selection: everything(store.get().document) }),
    undo: () => dispatch({ type: "undo" }),
    redo: () => dispatch({ type: "redo" }),
    add: (kind: Kind, from?: From, at?: Point) =>
      done(`add ${SHAPES[kind].title.toLowerCase()}`, (doc) => addElement(doc, kind, from, at)),
    connect: (source: Key, output: string, to: string) =>
      change(`lead ${output} to ${to}`, (doc) => connect(doc, source, output, to)),
    disconnect: (source: Key, output: string) =>
      change(`lead ${output} nowhere`, (doc) => disconnect(doc, source, output)),
    remove: () => {
      const { selection } = store.get();
      if (selection.elements.size + selection.edges.size === 0) return;
      done(selection.edges.size > 0 ? "disconnect" : "remove", (doc) => removeSelected(doc, selection));
    },
    duplicate: () => done("duplicate", (doc) => duplicateSelected(doc, store.get().selection)),
    arrange: () => change("arrange", arranged),
    move: (places: ReadonlyMap<Key, Point>) => change("move", (doc) => move(pinned(doc), places)),
    nudge: (x: number, y: number) =>
      change("move", (doc) => nudged(doc, store.get().selection, x, y), "nudge"),
    /** The selected elements as text for the clipboard; `undefined` when there are none. */
    copied: () => {
      const { document, selection } = store.get();
      return selection.elements.size === 0 ? undefined : copy(document, selection.elements);
    },
    /** Whether the text was a part of a graph. */
    paste: (text: string) => {
      const part = read(text);
      if (part === undefined) return false;
      done("paste", (doc) => pasted(doc, part));
      return true;
    },
  };
}
