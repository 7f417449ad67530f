import { type RefObject, useState } from "react";
import { type Json, sameJson } from "@/graph/json";
import { type Fault, parseJson, pretty } from "@/graph/jsontext";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";

/** What is typed, the value it was when that was last whole, and why it is not now. */
export type Typed = {
  readonly text: string;
  readonly value: Json;
  readonly fault?: Fault | string | undefined;
};

type Props = {
  label: string;
  value: Json;
  onValue: (value: Json) => void;
  problems?: readonly string[];
  readOnly: boolean;
  /** Why a value cannot be taken, although it is JSON. */
  refuse?: (value: Json) => string | undefined;
  /** Whether what stands here is not (yet) taken. */
  onBroken?: (broken: boolean) => void;
  /** Outlives the field: what is typed is still there when the field is shown in another place. */
  keep?: RefObject<Typed | undefined>;
};

/**
 * JSON as text. While it is broken what was typed stays, and the document keeps the last value that was whole; formatting is the
 * typist's until the value changes elsewhere.
 */
export function JsonField(props: Props) {
  const { label, value, onValue, problems = [], readOnly, refuse, onBroken, keep } = props;
  const [typed, setTyped] = useState<Typed>(() => keep?.current ?? { text: pretty(value), value });
  const { fault } = typed;
  if (fault === undefined && !sameJson(typed.value, value)) setTyped({ text: pretty(value), value });
  const put = (next: Typed) => {
    if ((next.fault === undefined) !== (fault === undefined)) onBroken?.(next.fault !== undefined);
    if (keep) keep.current = next;
    setTyped(next);
  };
  const change = (text: string) => {
    const read = parseJson(text);
    if (read.fault) return put({ ...typed, text, fault: read.fault });
    const refused = refuse?.(read.value);
    if (refused !== undefined) return put({ ...typed, text, fault: refused });
    put({ text, value: read.value });
    if (!sameJson(read.value, value)) onValue(read.value);
  };
  const discard = () => put({ text: pretty(value), value });
  return (
    <div className="insp-json">
      <Field label={label} problems={fault === undefined ? problems : [sentence(fault)]}>
        {(control) => (
          <textarea
            {...control}
            className="input insp-code"
            spellCheck={false}
            autoCapitalize="off"
            rows={Math.min(24, Math.max(3, typed.text.split("\n").length))}
            value={typed.text}
            readOnly={readOnly}
            onChange={(event) => change(event.target.value)}
          />
        )}
      </Field>
      {fault !== undefined && (
        <div className="insp-broken">
          {typeof fault !== "string" && <BrokenLine text={typed.text} fault={fault} />}
          <Button onClick={discard}>Discard what was typed</Button>
        </div>
      )}
    </div>
  );
}

function sentence(fault: Fault | string): string {
  return typeof fault === "string" ? fault : `Line ${fault.line}, column ${fault.column}: ${fault.message}`;
}

/** The line with the place marked, for those who see it; the sentence says it in numbers. */
function BrokenLine({ text, fault }: { text: string; fault: Fault }) {
  const line = text.split("\n")[fault.line - 1] ?? "";
  const at = fault.column - 1;
  return (
    <code className="insp-line" aria-hidden="true">
      {line.slice(Math.max(0, at - 24), at)}
      <mark>{line.slice(at, at + 1) || " "}</mark>
      {line.slice(at + 1, at + 24)}
    </code>
  );
}
