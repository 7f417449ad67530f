import { useState } from "react";
import { type Json, sameJson } from "@/graph/json";
import { type Fault, parseJson, pretty } from "@/graph/jsontext";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { useFocusNext } from "@/ui/useFocusNext";
import { useUnread } from "./unread";

type Props = {
  label: string;
  value: Json;
  onValue: (value: Json) => void;
  problems?: readonly string[];
  readOnly: boolean;
  /** Why a value cannot be taken, although it is JSON. */
  refuse?: (value: Json) => string | undefined;
};

/**
 * JSON as text. While it is broken what was typed stays, wherever one goes meanwhile, and the document keeps the last value that was
 * whole; formatting is the typist's until the value changes elsewhere.
 */
export function JsonField({ label, value, onValue, problems = [], readOnly, refuse }: Props) {
  const unread = useUnread(label);
  const [whole, setWhole] = useState({ text: pretty(value), value });
  if (!sameJson(whole.value, value)) setWhole({ text: pretty(value), value });
  const broken = unread.text !== undefined;
  const text = unread.text ?? whole.text;
  const fault = broken ? faultOf(text, refuse) : undefined;
  const { ref, next: focusNext } = useFocusNext<HTMLDivElement>();
  const toText = () => focusNext((it) => it.querySelector("textarea"));
  const change = (next: string) => {
    const wrong = faultOf(next, refuse);
    if (wrong !== undefined) return unread.put(next, sentence(wrong));
    take(next);
  };
  const take = (next: string) => {
    const read = parseJson(next);
    if (read.fault) return;
    unread.drop();
    setWhole({ text: next, value: read.value });
    if (!sameJson(read.value, value)) onValue(read.value);
  };
  return (
    <div ref={ref} className="insp-json">
      <Field label={label} problems={fault === undefined ? problems : [sentence(fault)]}>
        {(control) => (
          <textarea
            {...control}
            className="input insp-code"
            spellCheck={false}
            autoCapitalize="off"
            rows={Math.min(24, Math.max(3, text.split("\n").length))}
            value={text}
            readOnly={readOnly}
            onChange={(event) => change(event.target.value)}
          />
        )}
      </Field>
      {broken && (
        <div className="insp-broken">
          {fault !== undefined && typeof fault !== "string" && <BrokenLine text={text} fault={fault} />}
          {fault === undefined && (
            <Button
              onClick={() => {
                toText();
                take(text);
              }}
            >
              Take what was typed
            </Button>
          )}
          <Button
            onClick={() => {
              toText();
              unread.drop();
            }}
          >
            Discard what was typed
          </Button>
        </div>
      )}
    </div>
  );
}

function faultOf(text: string, refuse: Props["refuse"]): Fault | string | undefined {
  const read = parseJson(text);
  return read.fault ?? refuse?.(read.value);
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
