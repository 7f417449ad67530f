/** Where the focus goes when what had it is gone: a keyboard that stands nowhere starts again at the top of the page. */
import { type FocusEvent, useLayoutEffect, useRef } from "react";

const STOPS = "a, button, input, select, textarea, summary, [tabindex]";

/** For a whole form: when what had the focus is gone, a field that makes sense no more or a row that was removed, the focus is in what is before it. */
export function useFocusKept<Form extends HTMLElement>() {
  const form = useRef<Form>(null);
  const before = useRef<readonly HTMLElement[]>([]);
  useLayoutEffect(() => {
    const [had] = before.current;
    if (had === undefined || had.isConnected) return;
    const nowhere = document.activeElement === null || document.activeElement === document.body;
    if (nowhere) before.current.find((it) => it.isConnected)?.focus();
  });
  const onFocus = ({ target }: FocusEvent) => {
    const stops = [...(form.current?.querySelectorAll<HTMLElement>(STOPS) ?? [])];
    before.current = stops.slice(0, stops.findIndex((it) => it === target) + 1).reverse();
  };
  const onBlur = () => {
    before.current = [];
  };
  return { ref: form, onFocus, onBlur };
}
