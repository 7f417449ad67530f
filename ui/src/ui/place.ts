/** Where a list stands beside the field that it belongs to. Pure: lengths are pixels of the window. */

/** What of the window can be seen: less than all of it when a phone shows its keyboard. */
export type View = {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
};
type Anchor = View;
export type Place = {
  readonly side: "below" | "above";
  readonly left: number;
  readonly width: number;
  readonly maxHeight: number;
};

/** Between field and list. */
export const GAP = 4;
/** Between list and edge. */
const MARGIN = 8;
const MOST = 320;
const LEAST_WIDTH = 176;

/** Below the field when all that is to be shown has room there, or more of it than above. */
export function placed(anchor: Anchor, height: number, view: View): Place {
  const below = view.bottom - anchor.bottom - GAP - MARGIN;
  const above = anchor.top - view.top - GAP - MARGIN;
  const side = below >= Math.min(height, MOST) || below >= above ? "below" : "above";
  const room = side === "below" ? below : above;
  const width = Math.min(
    Math.max(anchor.right - anchor.left, LEAST_WIDTH),
    view.right - view.left - 2 * MARGIN,
  );
  const left = Math.max(view.left + MARGIN, Math.min(anchor.left, view.right - MARGIN - width));
  return { side, left, width, maxHeight: Math.max(0, Math.min(MOST, room)) };
}

/** Whether a field that is scrolled in `frame` can still be seen there. */
export function isWithin(anchor: Anchor, frame: View): boolean {
  return anchor.bottom > frame.top && anchor.top < frame.bottom;
}
