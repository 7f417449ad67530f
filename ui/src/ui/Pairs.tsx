import { Button } from "./Button";
import { useFocusNext } from "./useFocusNext";
import "./controls.css";

export type Pair = { readonly key: string; readonly value: string };

type Props<P extends Pair> = {
  legend: string;
  /** What one of them is called: "header". */
  one: string;
  pairs: readonly P[];
  fresh: P;
  onPairs: (pairs: readonly P[]) => void;
  problems?: readonly string[];
  readOnly?: boolean;
};

/** Names with values, each a row. */
export function Pairs<P extends Pair>(props: Props<P>) {
  const { legend, one, pairs, fresh, onPairs, problems = [], readOnly = false } = props;
  const { ref, next } = useFocusNext<HTMLFieldSetElement>();
  const row = (it: HTMLElement, at: number) => it.querySelectorAll(".pairs-row")[at];
  const remove = (at: number) => {
    const last = pairs.length - 2;
    next((it) => (row(it, Math.min(at, last)) ?? it).querySelector("button"));
    onPairs(pairs.filter((_, i) => i !== at));
  };
  const add = () => {
    next((it) => row(it, pairs.length)?.querySelector("input"));
    onPairs([...pairs, fresh]);
  };
  return (
    <fieldset ref={ref} className="pairs">
      <legend>{legend}</legend>
      {pairs.map((it, i) => {
        const name = it.key === "" ? `${one} ${i + 1}` : it.key;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: names are being typed, so only the place is stable
          <div key={i} className="pairs-row">
            <input
              className="input"
              aria-label={`Name of ${one} ${i + 1}`}
              placeholder="name"
              spellCheck={false}
              autoComplete="off"
              readOnly={readOnly}
              value={it.key}
              onChange={(event) => onPairs(pairs.with(i, { ...it, key: event.target.value }))}
            />
            <input
              className="input"
              aria-label={`Value of ${name}`}
              placeholder="value"
              spellCheck={false}
              autoComplete="off"
              readOnly={readOnly}
              value={it.value}
              onChange={(event) => onPairs(pairs.with(i, { ...it, value: event.target.value }))}
            />
            {!readOnly && (
              <Button look="quiet" aria-label={`Remove ${name}`} onClick={() => remove(i)}>
                ×
              </Button>
            )}
          </div>
        );
      })}
      {readOnly && pairs.length === 0 && <p className="soft">None.</p>}
      {!readOnly && (
        <Button className="pairs-add" onClick={add}>
          Add {/^[aeiou]/.test(one) ? "an" : "a"} {one}
        </Button>
      )}
      <div className="field-bad" role="alert">
        {problems.map((it) => (
          <p key={it}>{it}</p>
        ))}
      </div>
    </fieldset>
  );
}
