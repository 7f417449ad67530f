import { useId } from "react";
import type { Doc } from "@/graph/document";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { count } from "@/ui/format";
import { Select } from "@/ui/Select";
import { anySeed, choices, DRAWS, isSeed, upstreams } from "./assumptions";

export type Assumed = {
  readonly outcomes: Readonly<Record<string, string>>;
  readonly down: readonly string[];
  readonly draws: number;
};

export const NOTHING_ASSUMED: Assumed = { outcomes: {}, down: [], draws: 0 };

type Props = {
  doc: Doc;
  assumed: Assumed;
  onAssumed: (assumed: Assumed) => void;
  seed: string;
  onSeed: (seed: string) => void;
};

/** What one wants to see the route cope with. */
export function Assumptions({ doc, assumed, onAssumed, seed, onSeed }: Props) {
  const all = choices(doc);
  const down = upstreams(doc);
  const slider = useId();
  const changed = Object.values(assumed.outcomes).some((it) => it !== "") || assumed.down.length > 0;
  const place = (DRAWS as readonly number[]).indexOf(assumed.draws);
  return (
    <section className="try-assumptions" aria-label="Assumptions">
      <div className="try-dice">
        <Field label="Seed of the dice" problems={isSeed(seed) ? [] : ["A whole number below 2⁶⁴."]}>
          {(control) => (
            <input
              {...control}
              inputMode="numeric"
              autoComplete="off"
              value={seed}
              onChange={(event) => onSeed(event.target.value.trim())}
            />
          )}
        </Field>
        <Button onClick={() => onSeed(anySeed())}>Roll</Button>
        <div className="field try-draws">
          <label htmlFor={slider}>
            Draws: {assumed.draws === 0 ? "this one only" : `${count(assumed.draws)}, counted on every edge`}
          </label>
          <input
            id={slider}
            type="range"
            min={0}
            max={DRAWS.length - 1}
            step={1}
            value={Math.max(0, place)}
            aria-valuetext={assumed.draws === 0 ? "this one only" : count(assumed.draws)}
            onChange={(event) => onAssumed({ ...assumed, draws: DRAWS[Number(event.target.value)] ?? 0 })}
          />
        </div>
      </div>
      <details className="try-more" open={changed || undefined}>
        <summary>What if… {changed && <span className="soft">(something is assumed)</span>}</summary>
        <div className="try-choices">
          {all.map((it) => (
            <Field key={it.element} label={it.element}>
              {(control) => (
                <Select
                  {...control}
                  value={assumed.outcomes[it.element] ?? ""}
                  options={it.options}
                  onValue={(value) =>
                    onAssumed({ ...assumed, outcomes: { ...assumed.outcomes, [it.element]: value } })
                  }
                />
              )}
            </Field>
          ))}
        </div>
        {down.length > 0 && (
          <fieldset className="try-down">
            <legend>Does not answer</legend>
            {down.map((it) => (
              <label key={it} className="try-choice">
                <input
                  type="checkbox"
                  checked={assumed.down.includes(it)}
                  onChange={(event) =>
                    onAssumed({
                      ...assumed,
                      down: event.target.checked
                        ? [...assumed.down, it]
                        : assumed.down.filter((one) => one !== it),
                    })
                  }
                />
                {it}
              </label>
            ))}
          </fieldset>
        )}
        {changed && (
          <Button look="quiet" onClick={() => onAssumed({ ...NOTHING_ASSUMED, draws: assumed.draws })}>
            Assume nothing
          </Button>
        )}
      </details>
    </section>
  );
}
