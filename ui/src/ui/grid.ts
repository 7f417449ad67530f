/** Arrow keys between what can be focused in the cells of a table: one stop of the Tab key a row is enough. */
import type { KeyboardEvent } from "react";

const STOPS = "a, button, input, select";

export function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const target = event.target;
  if (!(target instanceof HTMLElement) || event.altKey || event.ctrlKey || event.metaKey) return;
  const row = target.closest("tbody tr");
  if (row === null || target.matches("input, select")) return;
  const next = to(event.key, target, row);
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
  next.closest("tr")?.scrollIntoView({ block: "nearest" });
}

function to(key: string, target: HTMLElement, row: Element): HTMLElement | undefined {
  const all = stops(row);
  const at = all.indexOf(target);
  if (key === "ArrowRight") return all[at + 1];
  if (key === "ArrowLeft") return all[at - 1];
  if (key !== "ArrowDown" && key !== "ArrowUp") return undefined;
  const other = key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
  if (other === null) return undefined;
  const there = stops(other);
  const column = target.closest("td")?.cellIndex;
  return there.find((it) => it.closest("td")?.cellIndex === column) ?? there[0];
}

function stops(row: Element): HTMLElement[] {
  return [...row.querySelectorAll<HTMLElement>(STOPS)];
}
