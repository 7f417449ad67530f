/**
 * Looks for something to be seen, some frames long: the canvas draws an element after it is in the document, and the canvas itself
 * and the forms may be yet to come.
 */
export function whenThere(
  find: () => HTMLElement | null | undefined,
  then: (found: HTMLElement) => void,
  frames = 60,
): void {
  const found = find();
  if (found?.checkVisibility({ visibilityProperty: true })) then(found);
  else if (frames > 0) requestAnimationFrame(() => whenThere(find, then, frames - 1));
}
