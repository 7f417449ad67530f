import { useLayoutEffect, useRef } from "react";

export type Find<Part> = (part: Part) => Element | null | undefined;

/**
 * For what is pressed and goes away, or makes something appear: `next` says where the focus goes within the part `ref`, once the change is drawn.
 * Whoever has gone elsewhere meanwhile is left there.
 */
export function useFocusNext<Part extends HTMLElement>() {
  const ref = useRef<Part>(null);
  const asked = useRef<{ readonly find: Find<Part>; readonly from: Element | null }>(undefined);
  useLayoutEffect(() => {
    const now = asked.current;
    asked.current = undefined;
    if (now === undefined || ref.current === null) return;
    const there = document.activeElement;
    if (there !== null && there !== document.body && there !== now.from) return;
    const found = now.find(ref.current);
    if (found instanceof HTMLElement) found.focus();
  });
  const next = (find: Find<Part>) => {
    asked.current = { find, from: document.activeElement };
  };
  return { ref, next };
}
