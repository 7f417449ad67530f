/** Whether the server can be reached: what the browser says, and what the last request met. */
import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
let reached = true;

function tell(): void {
  for (const listener of listeners) listener();
}

/** Called by the client after every request: did an answer come? */
export function heard(answered: boolean): void {
  if (answered === reached) return;
  reached = answered;
  tell();
}

export function isOnline(): boolean {
  return reached && navigator.onLine;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}

export function useOnline(): boolean {
  return useSyncExternalStore(subscribe, isOnline);
}
