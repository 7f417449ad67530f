import "./segments.css";

type Props<T extends string> = {
  label: string;
  value: T;
  options: readonly { readonly value: T; readonly label: string }[];
  onValue: (value: T) => void;
};

/** One of a few, all in sight. */
export function Segments<T extends string>({ label, value, options, onValue }: Props<T>) {
  return (
    <fieldset className="segments">
      <legend className="hidden">{label}</legend>
      {options.map((it) => (
        <button
          key={it.value}
          type="button"
          aria-pressed={it.value === value}
          onClick={() => it.value !== value && onValue(it.value)}
        >
          {it.label}
        </button>
      ))}
    </fieldset>
  );
}
