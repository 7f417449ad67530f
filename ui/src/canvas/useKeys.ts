import type { ReactFlowInstance } from "@xyflow/react";
import { type KeyboardEvent, type RefObject, useEffect, useRef } from "react";
import type { Doc, Key } from "@/graph/document";
import type { CanvasEdge, CanvasNode } from "./model";
import { moved, type Way } from "./move";
import { NOTHING, only, type Selection } from "./types";

type Given = {
  frame: RefObject<HTMLDivElement | null>;
  flow: RefObject<ReactFlowInstance<CanvasNode, CanvasEdge> | undefined>;
  document: Doc;
  selection: Selection;
  onSelect: ((selection: Selection) => void) | undefined;
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
export function useKeys({ frame, flow, document, selection, onSelect }: Given) {
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
      const node = frame.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(current)}"]`);
      if (node === focused || !node) return;
      node.focus({ preventScroll: true });
      bring(flow.current, frame.current, current);
    });
    return () => clearTimeout(timer);
  }, [current, frame, flow]);
  return (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target instanceof Element && event.target.closest("input, textarea, select, .popover")) return;
    if (event.key === "Escape" && selection !== NOTHING) {
      event.preventDefault();
      return onSelect?.(selection.edges.size > 0 ? only(...selection.elements) : NOTHING);
    }
    if (event.key === "f") return void flow.current?.fitView({ padding: 0.12, maxZoom: 1 });
    if (event.key === "+" || event.key === "=") return void flow.current?.zoomIn();
    if (event.key === "-") return void flow.current?.zoomOut();
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

/** Moves the view when the element is not wholly in it. */
function bring(flow: Given["flow"]["current"], frame: HTMLElement | null, key: Key): void {
  const node = flow?.getInternalNode(key);
  if (!flow || !frame || !node) return;
  const { x, y } = flow.flowToScreenPosition(node.internals.positionAbsolute);
  const { zoom } = flow.getViewport();
  const [width, height] = [(node.width ?? 0) * zoom, (node.height ?? 0) * zoom];
  const box = frame.getBoundingClientRect();
  const inside = x >= box.left && y >= box.top && x + width <= box.right && y + height <= box.bottom;
  if (inside) return;
  const { x: left, y: top } = node.internals.positionAbsolute;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  void flow.setCenter(left + (node.width ?? 0) / 2, top + (node.height ?? 0) / 2, {
    zoom,
    duration: calm ? 0 : 200,
  });
}
