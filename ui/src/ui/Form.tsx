import { type FormEvent, type ReactNode, useEffect, useRef } from "react";
import type { Problem } from "@/api/problem";
import { Button } from "./Button";
import "./form.css";

type Props = {
  label: string;
  /** What went wrong at the last try. */
  problem: Problem | undefined;
  /** JSON pointers of what its fields show themselves; the rest is said here. */
  fields: readonly string[];
  submit: string;
  busy: boolean;
  onSubmit: () => void;
  onCancel?: (() => void) | undefined;
  /** What its button says. */
  cancel?: string;
  /** There is nothing to send. */
  idle?: boolean;
  /** Who may not change it sees it. */
  readOnly?: boolean;
  children: ReactNode;
};

/** A form that keeps what was typed, says what went wrong, and leads there. */
export function Form(props: Props) {
  const { label, problem, fields, submit, busy, onSubmit, onCancel, idle = false, readOnly = false } = props;
  const form = useRef<HTMLFormElement>(null);
  const rest = problem?.besides(fields) ?? [];
  useEffect(() => {
    if (problem === undefined) return;
    const field = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
    const closed = field?.closest("details:not([open])");
    if (closed instanceof HTMLDetailsElement) closed.open = true;
    (field ?? form.current?.querySelector<HTMLElement>(".form-problem"))?.focus();
  }, [problem]);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!busy) onSubmit();
  };
  return (
    <form ref={form} className="form" aria-label={label} noValidate onSubmit={send}>
      <fieldset className="form-fields" disabled={readOnly}>
        {props.children}
      </fieldset>
      <div role="alert">
        {rest.length > 0 && (
          <div className="form-problem" tabIndex={-1}>
            {rest.map((it) => (
              <p key={it}>{it}</p>
            ))}
          </div>
        )}
      </div>
      {!readOnly && (
        <div className="form-end">
          {onCancel && <Button onClick={onCancel}>{props.cancel ?? "Cancel"}</Button>}
          <Button type="submit" look="primary" busy={busy} disabled={idle}>
            {submit}
          </Button>
        </div>
      )}
    </form>
  );
}
