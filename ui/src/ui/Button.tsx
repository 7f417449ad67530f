import type { ButtonHTMLAttributes } from "react";
import "./controls.css";

type Props = ButtonHTMLAttributes<HTMLButtonElement> & {
  look?: "primary" | "plain" | "quiet" | "danger";
  /** Something is under way: it cannot be pressed again, and says so. */
  busy?: boolean;
};

export function Button({ look = "plain", busy = false, disabled, className = "", type, ...rest }: Props) {
  return (
    <button
      {...rest}
      type={type ?? "button"}
      className={`button button-${look} ${className}`}
      disabled={disabled === true || busy}
      aria-busy={busy}
    />
  );
}
