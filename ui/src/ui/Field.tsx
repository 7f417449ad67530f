import { type ReactNode, useId } from "react";
import { Sentence } from "./Sentence";
import "./controls.css";

/** What the control must carry, so that label, hint and problems are read out with it. */
export type Control = {
  readonly id: string;
  readonly className: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": boolean;
};

type Props = {
  label: string;
  hint?: ReactNode | undefined;
  /** The label is read out and not shown: the place says what it is (a row of a table). */
  bare?: boolean;
  /** Sentences of the server about this field: `problem.at("/name")`. */
  problems?: readonly string[] | undefined;
  children: (control: Control) => ReactNode;
};

export function Field({ label, hint, bare = false, problems = [], children }: Props) {
  const id = useId();
  const described = [hint && `${id}-hint`, problems.length > 0 && `${id}-bad`].filter(Boolean).join(" ");
  return (
    <div className="field">
      <label htmlFor={id} className={bare ? "hidden" : undefined}>
        {label}
      </label>
      {children({
        id,
        className: "input",
        "aria-describedby": described === "" ? undefined : described,
        "aria-invalid": problems.length > 0,
      })}
      {hint && (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
      <div id={`${id}-bad`} className="field-bad" role="alert">
        {problems.map((it) => (
          <p key={it}>
            <Sentence text={it} />
          </p>
        ))}
      </div>
    </div>
  );
}
