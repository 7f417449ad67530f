import { type ReactNode, useEffect, useRef, useState } from "react";
import { asProblem, type Problem } from "@/api/problem";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { TextField } from "./TextField";
import "./form.css";

type Props = {
  open: boolean;
  title: string;
  /** What the button says: "Revoke". */
  action: string;
  /** Must be typed before: for what takes much with it. */
  word?: string;
  /** A refusal because deployed routes use it may be overruled, and what the button says then: "Delete all the same". `run` is told so. */
  force?: string;
  run: (forced: boolean) => Promise<unknown>;
  onClose: () => void;
  children: ReactNode;
};

/** What deployed routes use is only deleted when it is asked for twice (`docs/errors.md`). */
const IN_USE = 7400;

/** Asks before what cannot be undone. */
export function Confirm({ open, title, onClose, ...rest }: Props) {
  const done = useRef(false);
  useEffect(() => {
    if (open || !done.current) return;
    done.current = false;
    // What had the focus is gone with what was deleted. While the dialog is open nothing outside of it takes the focus.
    document.getElementById("content")?.focus();
  }, [open]);
  return (
    <Dialog open={open} title={title} onClose={onClose}>
      <Asked
        {...rest}
        onClose={onClose}
        onDone={() => {
          done.current = true;
          onClose();
        }}
      />
    </Dialog>
  );
}

type AskedProps = Omit<Props, "open" | "title"> & { onDone: () => void };

function Asked({ action, word, force, run, onClose, onDone, children }: AskedProps) {
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const forced = force !== undefined && problem?.code === IN_USE;
  const sure = word === undefined || typed.trim() === word;
  const go = async () => {
    setBusy(true);
    try {
      await run(forced);
      onDone();
    } catch (thrown) {
      setProblem(asProblem(thrown));
      setBusy(false);
    }
  };
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (sure && !busy) void go();
      }}
    >
      <div>{children}</div>
      {word !== undefined && <TextField label={`Type ${word} to go on`} value={typed} onValue={setTyped} />}
      <div role="alert">
        {problem && (
          <div className="form-problem">
            {problem.besides([]).map((it) => (
              <p key={it}>{it}</p>
            ))}
          </div>
        )}
      </div>
      <div className="form-end">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="danger" busy={busy} disabled={!sure}>
          {forced ? force : action}
        </Button>
      </div>
    </form>
  );
}
