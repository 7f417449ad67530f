import type { SelectHTMLAttributes } from "react";
import "./controls.css";

type Props = Omit<SelectHTMLAttributes<HTMLSelectElement>, "onChange"> & {
  options: readonly { readonly value: string; readonly label: string }[];
  onValue: (value: string) => void;
};

/** The system's own list: right on a phone and in a screen reader, and it needs no style element. */
export function Select({ options, onValue, className = "input", ...rest }: Props) {
  return (
    <select {...rest} className={`${className} select`} onChange={(event) => onValue(event.target.value)}>
      {options.map((it) => (
        <option key={it.value} value={it.value}>
          {it.label}
        </option>
      ))}
    </select>
  );
}
