import type { Doc, Element, Key } from "@/graph/document";
import type { GraphProblem } from "@/graph/problems";
import type { Catalogue } from "../catalogue";
import type { Unread } from "../draft/unread";
import type { UnreadChange } from "./unread";

/** What an inspector of one element is given. */
export type InspectorProps = {
  readonly id: Key;
  readonly element: Element;
  /** The whole, for what an output may lead to and for ids that are taken. */
  readonly document: Doc;
  /**
   * Changes the document, as the functions of `graph/edit.ts` do: `edit("set the limit", (doc, key) => setProperty(doc, key, …))`.
   * `mark`: edits in a row with one mark are undone as one (keystrokes in a field). A rename is followed by the selection.
   */
  readonly edit: (label: string, change: (doc: Doc, key: Key) => Doc, mark?: string) => void;
  /** Of this element and its outputs; `ofProperty` finds those of one field. */
  readonly problems: readonly GraphProblem[];
  readonly catalogue: Catalogue;
  readonly readOnly: boolean;
  /** What was typed and cannot be taken, of all elements. */
  readonly unread: readonly Unread[];
  readonly onUnread: UnreadChange;
};
