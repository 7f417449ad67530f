import type { Key } from "@/graph/document";

/** An element as it is drawn. Keys are compared and not put into a selector, which cannot say the character in the key of a second one. */
export function nodeOf(frame: HTMLElement | null, key: Key): HTMLElement | undefined {
  return [...(frame?.querySelectorAll<HTMLElement>(".node[data-key]") ?? [])].find(
    (it) => it.dataset.key === key,
  );
}
