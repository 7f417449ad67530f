import { type ReactNode, useId } from "react";
import "./controls.css";
import "./form.css";

type Props = {
  label: string;
  hint?: ReactNode;
  problems?: readonly string[] | undefined;
  checked: boolean;
  disabled?: boolean;
  onChecked: (checked: boolean) => void;
};

/** Yes or no, with what it means below it. */
export function Check({ label, hint, problems = [], checked, disabled = false, onChecked }: Props) {
  const id = useId();
  const described = [hint && `${id}-hint`, problems.length > 0 && `${id}-bad`].filter(Boolean).join(" ");
  return (
    <div className="field check">
      <label htmlFor={id}>
        <input
          id={id}
          type="checkbox"
          checked={checked}
          disabled={disabled}
          aria-describedby={described === "" ? undefined : described}
          aria-invalid={problems.length > 0}
          onChange={(event) => onChecked(event.target.checked)}
        />
        {label}
      </label>
      {hint && (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
      <div id={`${id}-bad`} className="field-bad" role="alert">
        {problems.map((it) => (
          <p key={it}>{it}</p>
        ))}
      </div>
    </div>
  );
}
