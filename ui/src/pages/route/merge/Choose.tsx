import { useId } from "react";
import type { Json } from "@/graph/json";
import { pretty } from "@/graph/jsontext";
import type { Conflict, Side } from "@/graph/merge";
import { Badge } from "@/ui/Badge";
import { Sentence } from "@/ui/Sentence";

type Props = {
  conflict: Conflict;
  said: Readonly<Record<Side, readonly string[]>>;
  names: Readonly<Record<Side, string>>;
  side: Side | undefined;
  onSide: (side: Side) => void;
};

const SIDES = ["mine", "theirs"] as const;

/** One element that both sides changed, as two radio buttons beside each other. */
export function Choose({ conflict, said, names, side, onSide }: Props) {
  const group = useId();
  const id = conflict.mine?.id ?? conflict.theirs?.id ?? conflict.key;
  return (
    <fieldset className="merge-choice">
      <legend>
        <code>{id}</code>{" "}
        <span className="soft">
          {conflict.parts.length === 0
            ? "removed on one side"
            : `both changed ${conflict.parts.map(words).join(", ")}`}
        </span>
      </legend>
      {side === undefined && <Badge tone="warn">To choose</Badge>}
      <div className="merge-sides">
        {SIDES.map((it) => (
          <label key={it} className="merge-side" data-chosen={side === it}>
            <span className="merge-pick">
              <input type="radio" name={group} checked={side === it} onChange={() => onSide(it)} />
              <strong>{names[it]}</strong>
            </span>
            {said[it].map((text) => (
              <span key={text}>
                <Sentence text={text} />
              </span>
            ))}
            <Whole value={conflict[it]} />
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function words(part: string): string {
  return part.replace(/^(properties|outputs)\./, "");
}

function Whole({ value }: { value: Json | undefined }) {
  if (value === undefined) return null;
  return <pre className="merge-json">{pretty(value, 48)}</pre>;
}
