/** What of the canvas is free to be seen, beside the panels that lie on it, and how the view is moved to show something there. Pure. */

export type Insets = {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
};
export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

const EDGE = 28;
/** The buttons of the zoom. */
const BUTTONS = 56;
/** From so many elements on there is a small map; fewer are seen as a whole. */
const MANY = 9;
const MAP = 136;
/** The palette, in one line and in two. */
const PALETTE = 60;
const WRAPPED = 104;
const NARROW = 420;

export function hasMap(elements: number, plain: boolean): boolean {
  return !plain && elements >= MANY;
}

/** `palette`: whether one lies on it; `width`: of the canvas. */
export function insets(it: { map: boolean; palette: boolean; width: number }): Insets {
  const narrow = it.width < NARROW;
  const top = it.palette ? (narrow ? WRAPPED : PALETTE) : EDGE;
  // Where there is little room the map is not shown (canvas.css).
  return { top, right: EDGE, bottom: it.map && !narrow ? MAP : BUTTONS, left: EDGE };
}

/** How far the view must be moved for `box` (on the screen, from the canvas's corner) to be in the free part; as little as possible. */
export function shift(
  box: Box,
  canvas: { width: number; height: number },
  free: Insets,
): { x: number; y: number } {
  return {
    x: along(box.x, box.width, free.left, canvas.width - free.right),
    y: along(box.y, box.height, free.top, canvas.height - free.bottom),
  };
}

function along(start: number, size: number, from: number, to: number): number {
  if (start < from || size > to - from) return from - start;
  return Math.min(0, to - (start + size));
}
