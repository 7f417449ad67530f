/** What the editor knows, and what can be asked of it. No React here. */
import type { Problem } from "@/api/problem";
import type { Selection } from "@/canvas/types";
import type { Doc } from "@/graph/document";
import type { Problems } from "@/graph/problems";
import type { Unread } from "./unread";

/** `offline`: the server cannot be reached, and what is not saved is kept in this browser until it can be. */
export type SaveState = "saved" | "saving" | "unsaved" | "offline" | "conflict";

/** Text of the JSON view that is no graph yet, and the document that it was in step with. */
export type Pending = { readonly text: string; readonly doc: Doc };

/** Somebody else saved in the meantime: nothing is sent until it is settled how the three go together. */
export type Conflict = {
  /** What both sides began with. */
  readonly base: Doc;
  readonly theirs: Doc;
  readonly etag: string | undefined;
  readonly by: string | undefined;
};

export type DraftState = {
  readonly document: Doc;
  /** What was last saved; the document of the draft on the server, as far as is known. */
  readonly saved: Doc;
  /** What was typed and is in no document: a part of the form of an element, and the whole as JSON. */
  readonly unread: readonly Unread[];
  readonly pending: Pending | undefined;
  readonly selection: Selection;
  /** By element, by edge and in all, of the last check. */
  readonly problems: Problems;
  /** Whether `problems` are of `document`; otherwise a check is under way. */
  readonly checked: boolean;
  readonly save: SaveState;
  /** Why the server took no draft, until it takes one. */
  readonly refusal: Problem | undefined;
  readonly conflict: Conflict | undefined;
  /** The draft's ETag; `undefined` while there is no draft. */
  readonly etag: string | undefined;
  readonly readOnly: boolean;
  /** Whether this browser keeps what is not saved. */
  readonly kept: boolean;
  /** What undo and redo would do, in words; `undefined` when there is nothing. */
  readonly undo: string | undefined;
  readonly redo: string | undefined;
};

export type Edit =
  /**
   * `change` gets the document of the moment. `mark`: edits in a row with one mark (keystrokes in a field) are undone as one.
   * `select`: what is selected afterwards.
   */
  | {
      readonly type: "change";
      readonly label: string;
      readonly change: (doc: Doc) => Doc;
      readonly mark?: string;
      readonly select?: (doc: Doc) => Selection;
    }
  | { readonly type: "undo" }
  | { readonly type: "redo" }
  /** Ends a row of edits with one mark. */
  | { readonly type: "settle" }
  | { readonly type: "select"; readonly selection: Selection };

/** What the store needs of the server; `http.ts` is the real one. */
export type Server = {
  readonly read: () => Promise<Read | undefined>;
  /** Sends the document under the ETag that `etag` gives when it is sent; without one it is refused as stale when there is a draft. */
  readonly write: (doc: Doc, etag: () => string | undefined) => Promise<Read>;
  readonly check: (doc: Doc, signal: AbortSignal) => Promise<Problems>;
};

export type Read = {
  readonly doc: Doc;
  readonly etag: string | undefined;
  readonly problems: Problems;
  readonly by: string | undefined;
};
