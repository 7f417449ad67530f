import { useMemo } from "react";
import { Canvas } from "@/canvas/Canvas";
import { diff } from "@/graph/diff";
import type { Doc } from "@/graph/document";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { Changes, textsOf } from "./Changes";

export type Choice = { readonly id: string; readonly label: string; readonly doc: Doc };

type Props = {
  choices: readonly Choice[];
  from: string;
  to: string;
  onChange: (from: string, to: string) => void;
};

/** Any two graphs of a route: what differs in words, and drawn. */
export function Compare({ choices, from, to, onChange }: Props) {
  const [a, b] = [choices.find((it) => it.id === from), choices.find((it) => it.id === to)];
  const options = choices.map((it) => ({ value: it.id, label: it.label }));
  return (
    <section className="cmp" aria-label="Comparison">
      <div className="cmp-head">
        <Field label="From">
          {(control) => (
            <Select {...control} options={options} value={from} onValue={(it) => onChange(it, to)} />
          )}
        </Field>
        <Button look="quiet" aria-label="Swap the two sides" onClick={() => onChange(to, from)}>
          ⇄
        </Button>
        <Field label="To">
          {(control) => (
            <Select {...control} options={options} value={to} onValue={(it) => onChange(from, it)} />
          )}
        </Field>
      </div>
      {a !== undefined && b !== undefined && <Difference from={a} to={b} />}
    </section>
  );
}

function Difference({ from, to }: { from: Choice; to: Choice }) {
  const found = useMemo(() => diff(from.doc, to.doc), [from, to]);
  return (
    <>
      <div aria-live="polite">
        <Changes changes={textsOf(found)} none={`${from.label} and ${to.label} are the same graph.`} />
      </div>
      {found.elements.size + found.edges.size > 0 && (
        <p className="cmp-key">
          <Badge tone="good">Added</Badge> <Badge tone="warn">Changed</Badge>{" "}
          <Badge tone="bad">Removed</Badge>
        </p>
      )}
      <div className="cmp-canvas">
        <Canvas
          label={`${from.label} compared with ${to.label}`}
          document={found.both}
          marks={found}
          readOnly
          plain
        />
      </div>
    </>
  );
}
