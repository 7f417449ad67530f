/**
 * The document that is edited: the `elements` of a route, exactly as on the wire. Everything the server knows nothing of
 * (positions, notes, members of a later version) is a part of it and survives every operation.
 */
import { isObject, type Json, type JsonObject, member } from "./json";

export type Point = { readonly x: number; readonly y: number };

/** One element. `id` and `type` are there; all else is as it came. */
export type Element = JsonObject & { readonly id: string; readonly type: string };
export type Doc = readonly Element[];

/**
 * Names one element of a document: its id, or for the second and later elements of one id (a problem that the editor must
 * still be able to show and mend) the id with a number that no id can contain.
 */
export type Key = string;

/** Elements with their keys, in the order of the document. */
export function keyed(doc: Doc): readonly (readonly [Key, Element])[] {
  const seen = new Map<string, number>();
  return doc.map((element) => {
    const n = (seen.get(element.id) ?? 0) + 1;
    seen.set(element.id, n);
    return [n === 1 ? element.id : `${element.id}\u0000${n}`, element] as const;
  });
}

/** Whether a value is a document: what the server refuses in every place is not one. */
export function isDoc(value: unknown): value is Doc {
  return (
    Array.isArray(value) &&
    value.every((it) => isObject(it) && typeof it.id === "string" && typeof it.type === "string")
  );
}

export function find(doc: Doc, key: Key): Element | undefined {
  return keyed(doc).find(([it]) => it === key)?.[1];
}

/** The outputs that an element has, in its order. One that has no `elementId` leads to `undefined`. */
export function outputs(element: Element): readonly (readonly [string, string | undefined])[] {
  const all = member(element, "outputs");
  if (!isObject(all)) return [];
  return Object.entries(all).map(([name, value]) => {
    const to = isObject(value) ? member(value, "elementId") : undefined;
    return [name, typeof to === "string" ? to : undefined] as const;
  });
}

/** `properties`, or an empty object. */
export function properties(element: Element): JsonObject {
  const all = member(element, "properties");
  return isObject(all) ? all : {};
}

/** A property under its name, or under the other name that is accepted for it. */
export function property(element: Element, name: string, otherwise?: string): Json | undefined {
  const all = properties(element);
  const found = member(all, name);
  return found !== undefined || otherwise === undefined ? found : member(all, otherwise);
}

/** Where the element stands on the canvas, if it says so. */
export function position(element: Element): Point | undefined {
  const at = member(element, "position");
  if (!isObject(at)) return undefined;
  const { x, y } = at;
  return typeof x === "number" && typeof y === "number" ? { x, y } : undefined;
}
