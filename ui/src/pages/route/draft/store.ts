/**
 * The draft of one route: the document, its history, what the server says of it, and its way to the server. Two promises: what is
 * typed is either on the server or kept by this browser, and a save never overwrites what somebody else saved.
 */
import type { Problem } from "@/api/problem";
import { NOTHING, type Selection } from "@/canvas/types";
import { type Doc, find } from "@/graph/document";
import { begin, type History, reduce } from "@/graph/history";
import { sameJson } from "@/graph/json";
import { allEdges } from "@/graph/nodes";
import { type Problems, place } from "@/graph/problems";
import { Checker } from "./checker";
import type { Keep, Kept } from "./keep";
import { Saver } from "./saver";
import type { Conflict, DraftState, Edit, Pending, Read, Server } from "./state";
import { put, type Unread } from "./unread";

export type Start = {
  readonly server: Server;
  /** The draft, or what is deployed while there is none. */
  readonly read: Read;
  readonly readOnly: boolean;
  readonly keep: Keep;
};

export class DraftStore {
  private history: History;
  private state: DraftState;
  private readonly listeners = new Set<() => void>();
  private readonly saver: Saver;
  private readonly checker: Checker;
  private readonly keep: Keep;
  private readonly server: Server;

  constructor({ server, read, readOnly, keep }: Start) {
    this.server = server;
    this.keep = keep;
    this.history = begin(read.doc);
    this.state = {
      document: read.doc,
      saved: read.doc,
      unread: [],
      pending: undefined,
      selection: NOTHING,
      problems: read.problems,
      checked: true,
      save: "saved",
      refusal: undefined,
      conflict: undefined,
      etag: read.etag,
      readOnly,
      kept: true,
      undo: undefined,
      redo: undefined,
    };
    this.saver = new Saver({
      server,
      now: () => this.state,
      saving: () => this.set({ save: "saving" }),
      saved: (doc, it) => this.taken(doc, it),
      stale: (theirs) => this.clash(theirs),
      failed: (problem) => this.failed(problem),
    });
    this.checker = new Checker(server.check, (problems) => this.set({ problems, checked: true }));
    const kept = readOnly ? undefined : keep.read();
    if (kept !== undefined) this.restore(kept, read);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly get = (): DraftState => this.state;

  readonly dispatch = (edit: Edit): void => {
    if (edit.type === "select") this.set({ selection: edit.selection });
    else if (this.state.readOnly || this.state.conflict) return;
    else if (edit.type === "change") {
      const doc = edit.change(this.history.present);
      const { label, mark } = edit;
      this.step({ type: "change", doc, label, ...(mark === undefined ? {} : { mark }) });
      if (edit.select) this.set({ selection: edit.select(this.state.document) });
    } else this.step(edit);
  };

  /** What was typed into forms and is no value (yet). */
  readonly typed = (change: (all: readonly Unread[]) => readonly Unread[]): void => {
    const unread = change(this.state.unread);
    if (this.state.readOnly || unread === this.state.unread) return;
    this.set({ unread });
    this.keepNow();
  };

  /** Work that a tab has left behind, as it was put together with what is here. */
  readonly take = (doc: Doc, left: Pick<Kept, "unread" | "pending">): void => {
    this.dispatch({ type: "change", label: "take over unsaved work", change: () => doc });
    this.typed((all) => left.unread.reduce(put, all));
    if (left.pending !== undefined) this.pend(left.pending);
  };

  /** What was typed as the whole document, and is none (yet). */
  readonly pend = (pending: Pending | undefined): void => {
    if (pending === this.state.pending) return;
    this.set({ pending });
    this.keepNow();
  };

  /** Sends what is not yet sent. For leaving the page, ctrl-s, and being online again. */
  readonly flush = (): Promise<void> => this.saver.flush();

  /** The tab came into view: what another tab or person saved is shown, when nothing here is unsaved. */
  readonly refresh = async (): Promise<void> => {
    if (this.state.save === "offline" || this.state.save === "unsaved") return this.flush();
    if (this.state.save !== "saved") return;
    const read = await this.server.read().catch(() => undefined);
    if (read === undefined || read.etag === this.state.etag || this.state.save !== "saved") return;
    if (!sameJson(read.doc, this.state.document)) {
      this.history = reduce(this.history, {
        type: "change",
        doc: read.doc,
        label: "changes saved elsewhere",
      });
    }
    this.set({ saved: read.doc, etag: read.etag });
    this.show(read.problems);
  };

  /** The outcome of a merge: `doc` goes on from what the server has now. */
  readonly resolve = (doc: Doc): void => {
    const { conflict } = this.state;
    if (conflict === undefined) return;
    this.history = reduce(this.history, { type: "change", doc, label: "merge" });
    this.set({ saved: conflict.theirs, etag: conflict.etag, conflict: undefined, save: "unsaved" });
    this.show(undefined);
    this.changed();
  };

  readonly close = (): void => {
    this.saver.stop();
    this.checker.stop();
  };

  private step(action: Parameters<typeof reduce>[1]): void {
    const before = this.history.present;
    this.history = reduce(this.history, action);
    const changed = this.history.present !== before;
    this.show(changed ? undefined : this.state.problems);
    if (changed) this.changed();
  }

  /** Takes the document of the history; `problems` are of it, or `undefined` when they are to be asked for. */
  private show(problems: Problems | undefined): void {
    const document = this.history.present;
    this.set({
      document,
      selection: within(this.state.selection, document),
      undo: this.history.past.at(-1)?.label,
      redo: this.history.future[0]?.label,
      ...(problems === undefined ? { checked: false } : { problems }),
    });
    if (problems === undefined) this.checker.ask(document);
  }

  private changed(): void {
    if (sameJson(this.state.document, this.state.saved) && this.state.save !== "saving") {
      this.saver.cancel();
      this.set({ save: "saved", refusal: undefined });
      this.keepNow();
      return;
    }
    if (this.state.save !== "saving") {
      this.set({ save: this.state.save === "offline" ? "offline" : "unsaved" });
    }
    this.keepNow();
    this.saver.soon();
  }

  /** All that is here and not on the server; when all is there, nothing is kept. */
  private keepNow(): void {
    const { document, saved, etag, unread, pending, save } = this.state;
    const all = save === "saved" && unread.length === 0 && pending === undefined;
    if (all) this.keep.clear();
    else this.set({ kept: this.keep.write({ document, saved, etag, unread, pending }) });
  }

  private taken(doc: Doc, it: Read): void {
    const current = this.state.document === doc;
    this.set({
      saved: doc,
      etag: it.etag,
      refusal: undefined,
      save: current ? "saved" : "unsaved",
      ...(current ? { problems: it.problems, checked: true } : {}),
    });
    this.keepNow();
    if (!current) this.saver.soon();
  }

  private clash(theirs: Read): void {
    // The same in both, be it that an answer was lost on its way: nothing to settle.
    if (sameJson(theirs.doc, this.state.document)) this.taken(this.state.document, theirs);
    else if (sameJson(theirs.doc, this.state.saved)) {
      this.set({ etag: theirs.etag, save: "unsaved" });
      this.saver.soon();
    } else {
      const base = this.state.saved;
      const conflict: Conflict = { base, theirs: theirs.doc, etag: theirs.etag, by: theirs.by };
      this.set({ conflict, save: "conflict" });
    }
  }

  private failed(problem: Problem): void {
    const away = problem.kind === "network";
    this.set({ save: away ? "offline" : "unsaved", refusal: away ? undefined : problem });
    if (problem.kind === "refused" && problem.entries.some((it) => it.problem)) {
      this.set({ problems: place(this.state.document, problem.entries), checked: true });
    }
  }

  private restore(kept: Kept, read: Read): void {
    this.set({ unread: kept.unread, pending: kept.pending });
    if (sameJson(kept.document, read.doc)) {
      this.keepNow();
      return;
    }
    this.history = reduce(this.history, { type: "change", doc: kept.document, label: "restored work" });
    this.set({ save: "unsaved" });
    this.show(undefined);
    if (kept.etag === read.etag || sameJson(kept.saved, read.doc)) this.saver.soon();
    else {
      this.set({ saved: kept.saved });
      this.clash(read);
    }
  }

  private set(part: Partial<DraftState>): void {
    this.state = { ...this.state, ...part };
    for (const listener of this.listeners) listener();
  }
}

/** What of a selection is still there; the same object when all is. */
function within(selection: Selection, doc: Doc): Selection {
  const elements = [...selection.elements].filter((it) => find(doc, it) !== undefined);
  const known = selection.edges.size === 0 ? new Set<string>() : allEdges(doc);
  const edges = [...selection.edges].filter((it) => known.has(it));
  if (elements.length === selection.elements.size && edges.length === selection.edges.size) return selection;
  return { elements: new Set(elements), edges: new Set(edges) };
}
