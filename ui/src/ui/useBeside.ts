import { type CSSProperties, type RefObject, useLayoutEffect, useState } from "react";
import { GAP, isWithin, type Place, placed, type View } from "./place";

/** What the list says it is. A browser without popovers shows it all the same, as far as nothing cuts it. */
export const POPOVER = typeof HTMLElement.prototype.showPopover === "function" ? "manual" : undefined;

type Parts = { readonly field: RefObject<HTMLElement | null>; readonly list: RefObject<HTMLElement | null> };

/**
 * Puts a list, which is a `popover`, beside its field: above everything else, so that nothing that scrolls or is laid over the page
 * cuts it. `onLost`: the field was scrolled away.
 */
export function useBeside({ field, list }: Parts, open: boolean, rows: number, onLost: () => void) {
  const [place, setPlace] = useState<Place & { readonly from: number }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: with the rows its height changes
  useLayoutEffect(() => {
    const [anchor, box] = [field.current, list.current];
    if (!open || anchor === null || box === null) return;
    if (POPOVER !== undefined && !isShown(box)) box.showPopover();
    const look = () => {
      const at = anchor.getBoundingClientRect();
      const found = placed(at, box.scrollHeight, seen());
      const from =
        found.side === "below" ? at.bottom + GAP : document.documentElement.clientHeight - at.top + GAP;
      setPlace({ ...found, from });
    };
    const scrolled = ({ target }: Event) => {
      if (!(target instanceof Node && target.contains(anchor))) return;
      const frame = target instanceof Element ? target.getBoundingClientRect() : seen();
      if (isWithin(anchor.getBoundingClientRect(), frame)) look();
      else onLost();
    };
    look();
    const view = window.visualViewport;
    window.addEventListener("scroll", scrolled, true);
    window.addEventListener("resize", look);
    view?.addEventListener("resize", look);
    view?.addEventListener("scroll", look);
    return () => {
      window.removeEventListener("scroll", scrolled, true);
      window.removeEventListener("resize", look);
      view?.removeEventListener("resize", look);
      view?.removeEventListener("scroll", look);
    };
  }, [open, rows]);
  useLayoutEffect(() => {
    const box = list.current;
    if (!open && box !== null && isShown(box)) box.hidePopover();
  }, [open, list]);
  return style(place);
}

function style(place: (Place & { readonly from: number }) | undefined): CSSProperties {
  if (place === undefined) return {};
  const { side, left, width, maxHeight, from } = place;
  const vertical = side === "below" ? { top: from, bottom: "auto" } : { top: "auto", bottom: from };
  return { ...vertical, left, width, maxHeight };
}

function seen(): View {
  const it = window.visualViewport;
  const { clientWidth, clientHeight } = document.documentElement;
  if (!it) return { left: 0, top: 0, right: clientWidth, bottom: clientHeight };
  const [left, top] = [it.offsetLeft, it.offsetTop];
  return {
    left,
    top,
    right: left + Math.min(it.width, clientWidth),
    bottom: top + Math.min(it.height, clientHeight),
  };
}

function isShown(box: HTMLElement): boolean {
  return POPOVER !== undefined && box.matches(":popover-open");
}
