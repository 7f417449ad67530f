/** What was typed into a field of an element and is no value (yet): it is in no document, and is not lost before somebody discards it. Pure. */
import type { Key } from "@/graph/document";
import { isObject } from "@/graph/json";

export type Unread = {
  readonly element: Key;
  /** The field within the form of its element; rows by their place: `["condition", "2", "Value"]`. */
  readonly field: readonly string[];
  readonly text: string;
  /** Why it cannot be taken. */
  readonly said: string;
};

export function put(all: readonly Unread[], it: Unread): readonly Unread[] {
  return [...drop(all, it.element, it.field), it];
}

/** The same list when there is nothing to take away. */
export function drop(all: readonly Unread[], element: Key, field: readonly string[]): readonly Unread[] {
  const left = all.filter((it) => it.element !== element || !same(it.field, field));
  return left.length === all.length ? all : left;
}

/** The element has another key now. */
export function renamed(all: readonly Unread[], from: Key, to: Key): readonly Unread[] {
  return all.map((it) => (it.element === from ? { ...it, element: to } : it));
}

/** Row `at` of `group` is gone: what stood in it goes, and what stood below moves up. */
export function rowRemoved(
  all: readonly Unread[],
  element: Key,
  group: readonly string[],
  at: number,
): readonly Unread[] {
  const depth = group.length;
  return all.flatMap((it) => {
    if (it.element !== element || it.field.length <= depth || !same(it.field.slice(0, depth), group))
      return [it];
    const row = Number(it.field[depth]);
    if (!(row >= at)) return [it];
    return row === at ? [] : [{ ...it, field: it.field.with(depth, String(row - 1)) }];
  });
}

export function isUnread(it: unknown): it is Unread {
  if (!isObject(it)) return false;
  const texts = [it.element, it.text, it.said, ...(Array.isArray(it.field) ? it.field : [undefined])];
  return texts.every((one) => typeof one === "string");
}

export function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((it, i) => it === b[i]);
}
