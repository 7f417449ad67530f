/** What is not yet on the server survives a reload: in this tab's own storage, so that two tabs do not overwrite each other. */
import { type Doc, isDoc } from "@/graph/document";
import { isObject } from "@/graph/json";
import type { Pending } from "./state";
import { isUnread, type Unread } from "./unread";

export type Kept = {
  readonly document: Doc;
  readonly saved: Doc;
  readonly etag: string | undefined;
  readonly unread: readonly Unread[];
  readonly pending: Pending | undefined;
};

export type Keep = {
  readonly read: () => Kept | undefined;
  readonly write: (kept: Kept) => void;
  readonly clear: () => void;
};

/** A draft holds no secret: providers are named in it, their keys are not. */
export function tabKeep(name: string): Keep {
  const key = `pointsman-draft:${name}`;
  return {
    read: () => guarded(() => parse(sessionStorage.getItem(key))),
    write: (kept) => guarded(() => sessionStorage.setItem(key, JSON.stringify(kept))),
    clear: () => guarded(() => sessionStorage.removeItem(key)),
  };
}

/** A browser that keeps nothing, or is full, still edits; leaving warns. */
function guarded<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

function parse(text: string | null): Kept | undefined {
  if (text === null) return undefined;
  const value: unknown = JSON.parse(text);
  if (!isObject(value) || !isDoc(value.document) || !isDoc(value.saved)) return undefined;
  const etag = typeof value.etag === "string" ? value.etag : undefined;
  const unread = Array.isArray(value.unread) ? value.unread.filter(isUnread) : [];
  return { document: value.document, saved: value.saved, etag, unread, pending: pendingOf(value.pending) };
}

function pendingOf(it: unknown): Pending | undefined {
  if (!isObject(it) || typeof it.text !== "string" || !isDoc(it.doc)) return undefined;
  return { text: it.text, doc: it.doc };
}
