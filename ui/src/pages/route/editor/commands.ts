/** What the editor does to a document, for what is selected. Pure: the document in, the document and the selection out. */
import { outputOf } from "@/canvas/move";
import { NOTHING, only, type Selection } from "@/canvas/types";
import { duplicate, paste } from "@/graph/clipboard";
import {
  type Doc,
  type Element,
  find,
  type Key,
  keyed,
  outputs,
  type Point,
  position,
} from "@/graph/document";
import { add, connect, disconnect, freshShare, move, remove } from "@/graph/edit";
import { type Kind, SHAPES, slots } from "@/graph/kinds";
import { GRID, height, layout, missing, snap, WIDTH, width } from "@/graph/layout";
import { edgeOf } from "@/graph/nodes";

export type Done = { readonly doc: Doc; readonly selection: Selection };
export type From = { readonly source: Key; readonly output: string };

const GAP = 56;

/** Every element says where it stands: before one is moved or added, so that the others stay where they are seen. */
export function pinned(doc: Doc): Doc {
  return move(doc, missing(doc));
}

/** Where something new goes: the selected output, or the first one of the selected element that leads nowhere, or its first. */
export function target(doc: Doc, selection: Selection): From | undefined {
  const [source] = selection.elements;
  const element = source === undefined ? undefined : find(doc, source);
  if (source === undefined || element === undefined || selection.elements.size !== 1) return undefined;
  const to = new Map(outputs(element));
  const all = slots(element);
  const output = outputOf(selection, source) ?? all.find((it) => isNowhere(to.get(it))) ?? all[0];
  if (output !== undefined) return { source, output };
  return element.type === "percentage" ? { source, output: freshShare(element, 10_000) } : undefined;
}

/**
 * A new element of a kind, behind an output when one is given. What that output led to so far follows behind the new element, so
 * that adding in the middle breaks nothing.
 */
export function addElement(before: Doc, kind: Kind, from?: From, at?: Point): Done {
  const doc = pinned(before);
  const source = from === undefined ? undefined : find(doc, from.source);
  const wish = at ?? beside(doc, source);
  const added = add(doc, kind, spot(doc, kind, wish));
  if (from === undefined || source === undefined) return { doc: added.doc, selection: only(added.id) };
  const next = new Map(outputs(source)).get(from.output);
  const led = connect(added.doc, from.source, from.output, added.id);
  const through = kind === "percentage" ? "100%" : SHAPES[kind].outputs[0];
  const kept = !isNowhere(next) && through !== undefined && next !== added.id;
  return { doc: kept ? connect(led, added.id, through, next) : led, selection: only(added.id) };
}

/** A share that leads nowhere yet is there all the same, with an empty id. */
function isNowhere(to: string | undefined): to is undefined | "" {
  return to === undefined || to === "";
}

function beside(doc: Doc, source: Element | undefined): Point {
  const from = source && position(source);
  if (source !== undefined && from !== undefined) return { x: from.x + width(source) + GAP, y: from.y };
  const all = doc.flatMap((it) => position(it) ?? []);
  if (all.length === 0) return { x: 0, y: 0 };
  return { x: Math.min(...all.map((it) => it.x)), y: Math.max(...all.map((it) => it.y)) + 160 };
}

/** The nearest place below `wish` that no element covers. */
function spot(doc: Doc, kind: Kind, wish: Point): Point {
  const own = height({ id: "", type: kind });
  const x = snap(wish.x);
  let y = snap(wish.y);
  const taken = doc.flatMap((it) => {
    const there = position(it);
    return there === undefined ? [] : [{ ...there, tall: height(it) }];
  });
  const covers = (it: { x: number; y: number; tall: number }) =>
    Math.abs(it.x - x) < WIDTH + GRID && it.y < y + own + GRID && y < it.y + it.tall + GRID;
  for (let hit = taken.find(covers); hit !== undefined; hit = taken.find(covers))
    y = snap(hit.y + hit.tall + 2 * GRID);
  return { x, y };
}

/** Selected outputs stop leading anywhere; with none, selected elements go. */
export function removeSelected(doc: Doc, selection: Selection): Done {
  if (selection.edges.size === 0) return { doc: remove(doc, selection.elements), selection: NOTHING };
  let next = doc;
  for (const id of selection.edges) {
    const edge = edgeOf(id);
    if (edge !== undefined) next = disconnect(next, edge.source, edge.output);
  }
  return { doc: next, selection: only(...selection.elements) };
}

export function duplicateSelected(doc: Doc, selection: Selection): Done {
  const it = duplicate(pinned(doc), selection.elements);
  return it.ids.length === 0 ? { doc, selection } : { doc: it.doc, selection: only(...it.ids) };
}

export function pasted(doc: Doc, part: Doc): Done {
  const it = paste(pinned(doc), part);
  return { doc: it.doc, selection: only(...it.ids) };
}

export function arranged(doc: Doc): Doc {
  return move(doc, layout(doc));
}

/** Selected elements moved by steps of the grid. */
export function nudged(before: Doc, selection: Selection, x: number, y: number): Doc {
  const doc = pinned(before);
  const places = keyed(doc).flatMap(([key, it]) => {
    const at = position(it);
    return at !== undefined && selection.elements.has(key)
      ? [[key, { x: at.x + x * GRID, y: at.y + y * GRID }] as const]
      : [];
  });
  return move(doc, new Map(places));
}

export function everything(doc: Doc): Selection {
  return only(...keyed(doc).map(([key]) => key));
}
