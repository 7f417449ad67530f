/**
 * What is not yet on the server is kept by this browser: over a reload, a closed tab and a crash. Every tab has an entry of its own, so
 * that two tabs do not overwrite each other; what a tab that is gone has left is offered.
 */
import { type Doc, isDoc } from "@/graph/document";
import { isObject, sameJson } from "@/graph/json";
import { forget, keep, kept, keptBelow, nameOf } from "@/session/kept";
import type { Tab } from "@/session/tabs";
import type { At } from "../queries";
import type { Pending } from "./state";
import { isUnread, type Unread } from "./unread";

export type Kept = {
  readonly document: Doc;
  readonly saved: Doc;
  readonly etag: string | undefined;
  readonly unread: readonly Unread[];
  readonly pending: Pending | undefined;
  /** When it was kept; RFC 3339. */
  readonly time: string;
};

export type Keep = {
  readonly read: () => Kept | undefined;
  /** Says whether the browser took it. */
  readonly write: (kept: Omit<Kept, "time">) => boolean;
  readonly clear: () => void;
};

/** Whose work it is, and of which route. A draft holds no secret: providers are named in it, their keys are not. */
export type Owner = { readonly at: At; readonly token: string };

function parts({ at, token }: Owner): readonly string[] {
  return [at.account, token, at.gateway, at.id];
}

export function tabKeep(owner: Owner, tab: string): Keep {
  const name = nameOf(...parts(owner), tab);
  return {
    read: () => parse(kept(name)),
    write: (it) => keep(name, { ...it, time: new Date().toISOString() }),
    clear: () => forget(name),
  };
}

/** What a tab that is gone has left. */
export type Left = { readonly name: string; readonly kept: Kept };

/** Newest first. What is on the server by now is forgotten. */
export function leftBehind(owner: Owner, tab: Tab, now: Doc): readonly Left[] {
  const found = keptBelow(...parts(owner)).flatMap(({ name, rest }): Left[] => {
    const of = rest[0] ?? "";
    if (of === tab.id || tab.others.has(of)) return [];
    const it = parse(kept(name));
    return it === undefined ? [] : [{ name, kept: it }];
  });
  const [gone, left] = [found.filter((it) => isThere(it, now)), found.filter((it) => !isThere(it, now))];
  forget(...gone.map((it) => it.name));
  return left.sort((a, b) => b.kept.time.localeCompare(a.kept.time));
}

function isThere({ kept: it }: Left, now: Doc): boolean {
  return it.unread.length === 0 && it.pending === undefined && sameJson(it.document, now);
}

function parse(value: unknown): Kept | undefined {
  if (!isObject(value) || !isDoc(value.document) || !isDoc(value.saved)) return undefined;
  const text = (it: unknown) => (typeof it === "string" ? it : undefined);
  return {
    document: value.document,
    saved: value.saved,
    etag: text(value.etag),
    unread: Array.isArray(value.unread) ? value.unread.filter(isUnread) : [],
    pending: pendingOf(value.pending),
    time: text(value.time) ?? new Date(0).toISOString(),
  };
}

function pendingOf(it: unknown): Pending | undefined {
  if (!isObject(it) || typeof it.text !== "string" || !isDoc(it.doc)) return undefined;
  return { text: it.text, doc: it.doc };
}
