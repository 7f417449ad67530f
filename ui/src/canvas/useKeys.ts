import { type KeyboardEvent, type RefObject, useEffect, useRef } from "react";
import type { Doc, Key } from "@/graph/document";
import { cursor } from "./model";
import { moved, type Way } from "./move";
import { nodeOf } from "./nodeOf";
import { NOTHING, only, type Selection } from "./types";
import type { View } from "./useView";

type Given = {
  frame: RefObject<HTMLDivElement | null>;
  document: Doc;
  selection: Selection;
  onSelect: ((selection: Selection) => void) | undefined;
  view: View;
};

const WAYS: Readonly<Record<string, Way>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  Home: "first",
  End: "last",
};

/** Moves the selection, and the focus with it, between elements and their outputs. Works in a canvas that only shows, too. */
export function useKeys({ frame, document, selection, onSelect, view }: Given) {
  const from = useRef<Key | undefined>(undefined);
  const follow = useRef(false);
  const [current] = selection.elements;
  useEffect(() => {
    const asked = follow.current;
    follow.current = false;
    if (current === undefined) return;
    // A moment later, when a dialog that led here has given the focus back.
    const timer = setTimeout(() => {
      const focused = window.document.activeElement;
      if (!asked && !(focused?.matches(".node") && frame.current?.contains(focused))) return;
      const node = nodeOf(frame.current, current);
      if (node === focused || !node) return;
      node.focus({ preventScroll: true });
      view.bring(current);
    });
    return () => clearTimeout(timer);
  }, [current, frame, view]);
  useHeld(frame, document, selection);
  return (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target instanceof Element && event.target.closest("input, textarea, select, .popover")) return;
    if (event.key === "Escape" && selection !== NOTHING) {
      event.preventDefault();
      return onSelect?.(selection.edges.size > 0 ? only(...selection.elements) : NOTHING);
    }
    if (event.key === "f") return view.fit();
    if (event.key === "+" || event.key === "=") return view.zoom(1);
    if (event.key === "-") return view.zoom(-1);
    const way = WAYS[event.key];
    if (way === undefined || onSelect === undefined) return;
    event.preventDefault();
    const next = moved(document, selection, way, from.current);
    if (next === undefined) return;
    const [to] = next.elements;
    if (way === "right" && to !== current) from.current = current;
    follow.current = true;
    onSelect(next);
  };
}

/** An element that goes (deleted, or undone) does not take the focus with it: the keys go on from another. */
function useHeld(frame: Given["frame"], document: Doc, selection: Selection): void {
  const held = useRef(false);
  useEffect(() => {
    const follow = ({ target }: FocusEvent) => {
      held.current =
        target instanceof HTMLElement && target.matches(".node") && frame.current?.contains(target) === true;
    };
    window.document.addEventListener("focusin", follow);
    return () => window.document.removeEventListener("focusin", follow);
  }, [frame]);
  const now = useRef(selection);
  now.current = selection;
  useEffect(() => {
    // A moment later, when what is gone is drawn no more.
    const timer = setTimeout(() => {
      if (!held.current || window.document.activeElement !== window.document.body) return;
      const key = cursor({ document, selection: now.current });
      const next = key === undefined ? frame.current : nodeOf(frame.current, key);
      next?.focus({ preventScroll: true });
    });
    return () => clearTimeout(timer);
  }, [document, frame]);
}
