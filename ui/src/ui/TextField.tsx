import type { ReactNode } from "react";
import { Field } from "./Field";

type Props = {
  label: string;
  hint?: ReactNode;
  problems?: readonly string[] | undefined;
  value: string;
  onValue: (value: string) => void;
  placeholder?: string | undefined;
  /** Digits come first on a phone's keyboard. */
  number?: boolean;
  /** It is not shown while it is typed, and the browser keeps none of it. */
  secret?: boolean;
  readOnly?: boolean;
};

/** One line of text. */
export function TextField(props: Props) {
  const { label, hint, problems, value, onValue, placeholder, readOnly = false } = props;
  return (
    <Field label={label} hint={hint} problems={problems}>
      {(control) => (
        <input
          {...control}
          type={props.secret ? "password" : "text"}
          inputMode={props.number ? "decimal" : undefined}
          autoComplete={props.secret ? "new-password" : "off"}
          autoCapitalize="off"
          spellCheck={false}
          placeholder={placeholder}
          readOnly={readOnly}
          value={value}
          onChange={(event) => onValue(event.target.value)}
        />
      )}
    </Field>
  );
}
