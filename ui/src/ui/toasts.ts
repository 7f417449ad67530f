/** Short news of what was done. What needs an answer is a dialog or stands next to its field. */
export type Toast = { readonly id: number; readonly text: string; readonly tone: "good" | "bad" };

let toasts: readonly Toast[] = [];
let next = 1;
const listeners = new Set<() => void>();

function set(value: readonly Toast[]): void {
  toasts = value;
  for (const listener of listeners) listener();
}

/** Shows it; a failure stays until it is dismissed. */
export function toast(text: string, tone: Toast["tone"] = "good"): void {
  const id = next++;
  set([...toasts, { id, text, tone }]);
  if (tone === "good") setTimeout(() => dismiss(id), 5000);
}

export function dismiss(id: number): void {
  set(toasts.filter((it) => it.id !== id));
}

export function current(): readonly Toast[] {
  return toasts;
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
