import type { ReactFlowInstance } from "@xyflow/react";
import { type RefObject, useEffect, useMemo, useRef } from "react";
import { type Doc, type Key, keyed } from "@/graph/document";
import type { CanvasEdge, CanvasNode } from "./model";
import type { Selection } from "./types";
import { type Insets, shift } from "./view";

type Given = {
  frame: RefObject<HTMLDivElement | null>;
  flow: RefObject<ReactFlowInstance<CanvasNode, CanvasEdge> | undefined>;
  document: Doc;
  selection: Selection;
  plain: boolean;
  free: () => Insets;
};

/** Below this size the words on an element cannot be read. */
const READABLE = 0.6;
/** A canvas that only shows is read as a shape, as long as there is one. */
const SHAPE = 0.25;
const SHAPED = 0.4;

export type View = ReturnType<typeof useView>;

/** Where one looks. Until somebody moves the view it shows the graph as a whole, whatever size the canvas comes to have. */
export function useView(given: Given) {
  const now = useRef(given);
  now.current = given;
  const touched = useRef(false);
  const { frame, document, selection } = given;
  const view = useMemo(() => made(now, touched), []);
  useEffect(() => {
    const box = frame.current;
    if (box === null || typeof ResizeObserver === "undefined") return;
    const watch = new ResizeObserver(() => !touched.current && view.begin());
    watch.observe(box);
    return () => watch.disconnect();
  }, [frame, view]);
  const before = useRef(document);
  const [chosen] = selection.elements;
  useEffect(() => {
    const known = before.current;
    before.current = document;
    if (chosen === undefined || known === document || !has(document, chosen) || has(known, chosen)) return;
    // A moment later, when it is drawn.
    const timer = setTimeout(() => view.bring(chosen));
    return () => clearTimeout(timer);
  }, [document, chosen, view]);
  return view;
}

function has(doc: Doc, key: Key): boolean {
  return keyed(doc).some(([it]) => it === key);
}

function made(now: RefObject<Given>, touched: RefObject<boolean>) {
  const whole = () => {
    const { top, right, bottom, left } = now.current.free();
    const padding = { top: px(top), right: px(right), bottom: px(bottom), left: px(left) };
    return now.current.flow.current?.fitView({ padding, maxZoom: 1 });
  };
  return {
    /** A graph too long to be read as a whole begins at its start; the small map shows the rest. */
    begin: () => {
      const { flow, frame, plain } = now.current;
      void whole()?.then(() => {
        const it = flow.current;
        if (it && frame.current) legible(it, frame.current, now.current.free(), plain);
      });
    },
    fit: () => {
      void whole();
    },
    zoom: (way: 1 | -1) => {
      touched.current = true;
      void (way > 0 ? now.current.flow.current?.zoomIn() : now.current.flow.current?.zoomOut());
    },
    /** The view was moved; `event` is there when a person did. */
    moved: (event: MouseEvent | TouchEvent | null) => {
      if (event !== null) touched.current = true;
    },
    /** Moves the view, as little as possible, when the element is not wholly in it. */
    bring: (key: Key) => {
      const { flow, frame, free } = now.current;
      const node = flow.current?.getInternalNode(key);
      if (!flow.current || !frame.current || !node) return;
      const { x, y, zoom } = flow.current.getViewport();
      const at = node.internals.positionAbsolute;
      const box = {
        x: at.x * zoom + x,
        y: at.y * zoom + y,
        width: (node.width ?? 0) * zoom,
        height: (node.height ?? 0) * zoom,
      };
      const canvas = { width: frame.current.clientWidth, height: frame.current.clientHeight };
      const by = shift(box, canvas, free());
      if (by.x === 0 && by.y === 0) return;
      touched.current = true;
      const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      void flow.current.setViewport({ x: x + by.x, y: y + by.y, zoom }, { duration: calm ? 0 : 200 });
    },
  };
}

function legible(
  flow: ReactFlowInstance<CanvasNode, CanvasEdge>,
  frame: HTMLElement,
  free: Insets,
  plain: boolean,
): void {
  const [least, size] = plain ? [SHAPE, SHAPED] : [READABLE, READABLE];
  const nodes = flow.getNodes();
  const { zoom } = flow.getViewport();
  const start = nodes.find((it) => it.type === "start") ?? nodes[0];
  if (zoom >= least || start === undefined) return;
  const middle = (frame.clientHeight + free.top - free.bottom) / 2;
  const half = (start.height ?? 0) / 2;
  const { x, y } = start.position;
  void flow.setViewport({ x: free.left - x * size, y: middle - (y + half) * size, zoom: size });
}

function px(n: number): `${number}px` {
  return `${n}px`;
}
