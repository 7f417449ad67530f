import { useState } from "react";
import { disconnect } from "@/graph/edit";
import { hasElse, hundredthsOf, reshare, type Share, sharesOf, total, WHOLE } from "@/graph/shares";
import { percent } from "@/graph/words";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import type { Find } from "@/ui/useFocusNext";
import { type FormProps, sentences } from "../form";
import { Target } from "../Outputs";
import { useRowRemoved, useUnread, Within } from "../unread";

/** Where the focus goes in the fieldset of the shares. */
export const TO = {
  share: (at: number) => (form: HTMLElement) => row(form, at)?.querySelector("input"),
  elseTarget: (form: HTMLElement) => form.querySelector(".insp-share:last-child select"),
  addShare: (form: HTMLElement) => form.querySelector(".insp-more button"),
  addElse: (form: HTMLElement) => form.querySelector(".insp-more button:last-child"),
};

function row(form: HTMLElement, at: number): Element | undefined {
  return form.querySelectorAll(".insp-share")[at];
}

type SharesProps = {
  form: FormProps;
  all: readonly Share[];
  named: readonly Share[];
  /** A row goes, and the focus with it to `to`. */
  onLeave: (to: Find<HTMLElement>) => void;
};

/** Each share with its label and where it leads, and else. */
export function Shares({ form, all, named, onLeave }: SharesProps) {
  const rowRemoved = useRowRemoved();
  const removed = (at: number) => {
    const next = Math.min(at, named.length - 2);
    onLeave((it) => row(it, next)?.querySelector("button") ?? TO.addShare(it));
    rowRemoved(at);
  };
  return (
    <ol className="insp-shares">
      {named.map((it, i) => (
        // A row is its place: its name changes with every key.
        // biome-ignore lint/suspicious/noArrayIndexKey: outputs are not reordered here
        <Within key={i} name={i}>
          <ShareRow form={form} row={it} at={i + 1} onRemoved={() => removed(i)} />
        </Within>
      ))}
      {hasElse(all) && (
        <ElseRow
          form={form}
          row={all.find((it) => it.output === "else")}
          rest={WHOLE - total(all)}
          onRemoved={() => onLeave(TO.addElse)}
        />
      )}
    </ol>
  );
}

type ShareProps = { form: FormProps; row: Share; at: number; onRemoved: () => void };

function ShareRow({ form, row, at, onRemoved }: ShareProps) {
  const { element, readOnly, change, edit, problems } = form;
  const [typed, setTyped] = useState({ text: shown(row), output: row.output });
  const unread = useUnread("Share");
  const current = unread.text ?? (typed.output === row.output ? typed.text : shown(row));
  const bad = hundredthsOf(current) === undefined ? [NO_SHARE] : [];
  const told =
    bad.length > 0
      ? bad
      : sentences(problems.filter((it) => it.output === row.output && it.path.length === 2));
  const rename = (hundredths: number, label: string | undefined, text: string) => {
    const next = reshare(element, new Map([[row.output, { hundredths, label }]]));
    const output =
      sharesOf(next)[sharesOf(element).findIndex((it) => it.output === row.output)]?.output ?? row.output;
    setTyped({ text, output });
    change(`set a share of ${element.id}`, () => next, `${form.id}/share/${at}`);
  };
  const type = (text: string) => {
    const hundredths = hundredthsOf(text);
    if (hundredths === undefined) return unread.put(text, NO_SHARE);
    unread.drop();
    rename(hundredths, row.label, text);
  };
  return (
    <li className="insp-share">
      <Field label={`Share ${at}, in percent`} bare problems={told}>
        {(control) => (
          <span className="insp-unit" data-unit="%">
            <input
              {...control}
              inputMode="decimal"
              autoComplete="off"
              value={current}
              readOnly={readOnly}
              onChange={(event) => type(event.target.value)}
            />
          </span>
        )}
      </Field>
      <Field label={`Label of share ${at}`} bare>
        {(control) => (
          <input
            {...control}
            placeholder="label"
            value={row.label ?? ""}
            readOnly={readOnly || row.hundredths === undefined}
            onChange={(event) =>
              rename(row.hundredths ?? 0, event.target.value === "" ? undefined : event.target.value, current)
            }
          />
        )}
      </Field>
      <Target form={form} output={row.output} to={row.to} label={`Share ${at} leads to`} bare />
      {!readOnly && (
        <Button
          look="quiet"
          aria-label={`Remove share ${at}`}
          onClick={() => {
            edit(`remove a share of ${element.id}`, (doc, key) => disconnect(doc, key, row.output));
            onRemoved();
          }}
        >
          ×
        </Button>
      )}
    </li>
  );
}

type ElseProps = { form: FormProps; row: Share | undefined; rest: number; onRemoved: () => void };

function ElseRow({ form, row, rest, onRemoved }: ElseProps) {
  return (
    <li className="insp-share">
      <span className="insp-else number">{percent(Math.max(0, rest))}</span>
      <span className="soft">else</span>
      <Target form={form} output="else" to={row?.to} label="Else leads to" bare />
      {!form.readOnly && (
        <Button
          look="quiet"
          aria-label="Remove else"
          onClick={() => {
            form.edit(`remove else of ${form.element.id}`, (doc, key) => disconnect(doc, key, "else"));
            onRemoved();
          }}
        >
          ×
        </Button>
      )}
    </li>
  );
}

const NO_SHARE = "A share is 0 to 100, with at most two decimals.";

function shown({ output, hundredths }: Share): string {
  return hundredths === undefined ? output : percent(hundredths).slice(0, -1);
}
