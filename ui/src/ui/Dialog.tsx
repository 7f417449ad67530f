import { type ReactNode, useEffect, useId, useRef } from "react";
import { Button } from "./Button";
import "./overlays.css";

type Props = {
  open: boolean;
  title: string;
  onClose: () => void;
  /** As wide as the window lets it be: for what stands side by side. */
  wide?: boolean;
  children: ReactNode;
};

/** The browser's own modal dialog: it keeps the focus inside, gives it back, and closes with Escape and with its button. */
export function Dialog({ open, title, onClose, wide = false, children }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (open && element.current?.open === false) element.current.showModal();
    if (!open && element.current?.open) element.current.close();
  }, [open]);
  return (
    <dialog
      ref={element}
      className={wide ? "dialog dialog-wide" : "dialog"}
      aria-labelledby={id}
      onCancel={(event) => {
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        onClose();
      }}
      onClose={() => {
        // It is told later than it happens: meanwhile it may have been opened again.
        if (open && element.current?.open === false) onClose();
      }}
    >
      <h2 id={id}>{title}</h2>
      <div className="dialog-body">{open && children}</div>
      {/* Behind what is inside, so that the focus begins there. */}
      <Button
        look="quiet"
        className="dialog-close"
        aria-label="Close"
        title="Close (Escape)"
        onClick={onClose}
      >
        ×
      </Button>
    </dialog>
  );
}
