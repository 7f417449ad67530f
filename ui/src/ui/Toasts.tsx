import { useSyncExternalStore } from "react";
import { Button } from "./Button";
import { current, dismiss, subscribe } from "./toasts";
import "./overlays.css";

export function Toasts() {
  const all = useSyncExternalStore(subscribe, current);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {all.map((it) => (
        <div key={it.id} className={`toast toast-${it.tone}`}>
          {it.text}
          <Button look="quiet" onClick={() => dismiss(it.id)}>
            Dismiss
          </Button>
        </div>
      ))}
    </div>
  );
}
