/** Which rows of a long list are drawn: those in view and a few around them. Pure. */
export function inView(rows: number, rowHeight: number, top: number, height: number) {
  const margin = 8;
  const from = Math.max(0, Math.min(rows, Math.floor(top / rowHeight) - margin));
  const to = Math.min(rows, Math.ceil((top + height) / rowHeight) + margin);
  return { from, to };
}
