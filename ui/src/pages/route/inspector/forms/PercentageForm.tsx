import { useState } from "react";
import { disconnect } from "@/graph/edit";
import {
  addElse,
  addShare,
  hasElse,
  hundredthsOf,
  MOST,
  madeWhole,
  reshare,
  type Share,
  sharesOf,
  total,
  WHOLE,
} from "@/graph/shares";
import { percent } from "@/graph/words";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Sentence } from "@/ui/Sentence";
import { type FormProps, sentences } from "../form";
import { KeyField } from "../KeyField";
import { Target } from "../Outputs";
import { useRowRemoved, useUnread, Within } from "../unread";

export function PercentageForm({ form }: { form: FormProps }) {
  const { element, readOnly, change, problems } = form;
  const all = sharesOf(element);
  const named = all.filter((it) => it.output !== "else");
  // What the shares total is told above them, as one types.
  const general = problems.filter(
    (it) => it.path[0] === "outputs" && it.output === undefined && it.code !== "shares_total",
  );
  return (
    <>
      <fieldset className="insp-part">
        <legend>Shares</legend>
        <Total form={form} all={all} />
        <Within name="shares">
          <Shares form={form} all={all} named={named} />
        </Within>
        {sentences(general).map((it) => (
          <p key={it} className="field-bad">
            <Sentence text={it} />
          </p>
        ))}
        {!readOnly && (
          <div className="insp-row">
            <Button
              disabled={named.length >= MOST}
              title={named.length >= MOST ? `At most ${MOST} shares; chain two splits for more` : undefined}
              onClick={() => change(`add a share to ${element.id}`, addShare)}
            >
              Add share
            </Button>
            {!hasElse(all) && (
              <Button onClick={() => change(`add else to ${element.id}`, addElse)}>Add else</Button>
            )}
          </div>
        )}
      </fieldset>
      <KeyField
        form={form}
        label="Sticky by"
        hint="A field: requests with one value of it always go the same way. Empty: drawn for each request."
      />
    </>
  );
}

type SharesProps = { form: FormProps; all: readonly Share[]; named: readonly Share[] };

function Shares({ form, all, named }: SharesProps) {
  const rowRemoved = useRowRemoved();
  return (
    <ol className="insp-shares">
      {named.map((it, i) => (
        // A row is its place: its name changes with every key.
        // biome-ignore lint/suspicious/noArrayIndexKey: outputs are not reordered here
        <Within key={i} name={i}>
          <ShareRow form={form} row={it} at={i + 1} onRemoved={() => rowRemoved(i)} />
        </Within>
      ))}
      {hasElse(all) && (
        <ElseRow form={form} row={all.find((it) => it.output === "else")} rest={WHOLE - total(all)} />
      )}
    </ol>
  );
}

function Total({ form, all }: { form: FormProps; all: readonly Share[] }) {
  const sum = total(all);
  const off = sum - WHOLE;
  const rest = hasElse(all);
  const wrong = rest ? off > 0 : off !== 0;
  const words =
    off === 0
      ? "exactly 100%"
      : off < 0
        ? `${percent(-off)} ${rest ? "for else" : "missing"}`
        : `${percent(off)} too much`;
  return (
    <div className="insp-total" data-wrong={wrong}>
      <div className="insp-bar" aria-hidden="true">
        {all.map((it) => {
          const part = it.output === "else" ? Math.max(0, -off) : (it.hundredths ?? 0);
          return <span key={it.output} style={{ flexGrow: part }} hidden={part === 0} />;
        })}
        {!rest && off < 0 && <span className="insp-gap" style={{ flexGrow: -off }} />}
      </div>
      <div className="insp-row">
        <p role="status" className="number">
          Total {percent(sum)}: {words}
        </p>
        {wrong && !form.readOnly && (
          <Button onClick={() => form.change(`make ${form.element.id} whole`, madeWhole)}>Make it 100</Button>
        )}
      </div>
    </div>
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

function ElseRow({ form, row, rest }: { form: FormProps; row: Share | undefined; rest: number }) {
  return (
    <li className="insp-share">
      <span className="insp-else number">{percent(Math.max(0, rest))}</span>
      <span className="soft">else</span>
      <Target form={form} output="else" to={row?.to} label="Else leads to" bare />
      {!form.readOnly && (
        <Button
          look="quiet"
          aria-label="Remove else"
          onClick={() =>
            form.edit(`remove else of ${form.element.id}`, (doc, key) => disconnect(doc, key, "else"))
          }
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
