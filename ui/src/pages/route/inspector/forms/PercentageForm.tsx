import type { Element } from "@/graph/document";
import {
  addElse,
  addShare,
  hasElse,
  MOST,
  madeWhole,
  type Share,
  sharesOf,
  total,
  WHOLE,
} from "@/graph/shares";
import { percent } from "@/graph/words";
import { Button } from "@/ui/Button";
import { Sentence } from "@/ui/Sentence";
import { type Find, useFocusNext } from "@/ui/useFocusNext";
import { type FormProps, sentences } from "../form";
import { KeyField } from "../KeyField";
import { Within } from "../unread";
import { Shares, TO } from "./Shares";

export function PercentageForm({ form }: { form: FormProps }) {
  const { element, readOnly, change, problems } = form;
  const all = sharesOf(element);
  const named = all.filter((it) => it.output !== "else");
  const { ref, next } = useFocusNext<HTMLFieldSetElement>();
  const more = (label: string, add: (it: Element) => Element, to: Find<HTMLElement>) => {
    next(to);
    change(label, add);
  };
  // What the shares total is told above them, as one types.
  const general = problems.filter(
    (it) => it.path[0] === "outputs" && it.output === undefined && it.code !== "shares_total",
  );
  return (
    <>
      <fieldset ref={ref} className="insp-part">
        <legend>Shares</legend>
        <Total
          form={form}
          all={all}
          onWhole={() => more(`make ${element.id} whole`, madeWhole, TO.share(0))}
        />
        <Within name="shares">
          <Shares form={form} all={all} named={named} onLeave={next} />
        </Within>
        {sentences(general).map((it) => (
          <p key={it} className="field-bad">
            <Sentence text={it} />
          </p>
        ))}
        {!readOnly && (
          <div className="insp-row insp-more">
            <Button
              disabled={named.length >= MOST}
              title={named.length >= MOST ? `At most ${MOST} shares; chain two splits for more` : undefined}
              onClick={() => more(`add a share to ${element.id}`, addShare, TO.share(named.length))}
            >
              Add share
            </Button>
            {!hasElse(all) && (
              <Button onClick={() => more(`add else to ${element.id}`, addElse, TO.elseTarget)}>
                Add else
              </Button>
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

type TotalProps = { form: FormProps; all: readonly Share[]; onWhole: () => void };

function Total({ form, all, onWhole }: TotalProps) {
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
        {wrong && !form.readOnly && <Button onClick={onWhole}>Make it 100</Button>}
      </div>
    </div>
  );
}
