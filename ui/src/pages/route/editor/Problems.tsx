import { NOTHING, only, type Selection } from "@/canvas/types";
import { edgeId } from "@/graph/nodes";
import type { GraphProblem } from "@/graph/problems";
import { Sentence } from "@/ui/Sentence";
import { useDraft } from "../draft/context";

/** All problems, errors first; each leads to where it is. */
export function Problems({ onJump }: { onJump: (to: Selection) => void }) {
  const { problems, checked } = useDraft((it) => it);
  const errors = problems.all.filter((it) => it.severity === "error").length;
  return (
    <section className="problems" aria-labelledby="problems-title" data-checking={!checked || undefined}>
      <h2 id="problems-title">Problems</h2>
      <p className="soft" role="status">
        {summary(errors, problems.all.length - errors)}
      </p>
      <ul>
        {problems.all.map((it) => (
          <li key={[it.code, it.element, ...it.path].join(" ")}>
            <button type="button" className="problem" onClick={() => onJump(placeOf(it))}>
              <span className={`node-flag node-flag-${it.severity}`} aria-hidden="true">
                {it.severity === "error" ? "!" : "?"}
              </span>
              <span>
                <span className="hidden">{it.severity}: </span>
                {it.element !== undefined && <strong>{it.element.split("\u0000")[0]}</strong>}{" "}
                <Sentence text={it.message} />
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function placeOf(it: GraphProblem): Selection {
  if (it.element === undefined) return NOTHING;
  if (it.output === undefined) return only(it.element);
  return { elements: new Set([it.element]), edges: new Set([edgeId(it.element, it.output)]) };
}

function summary(errors: number, warnings: number): string {
  const many = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`;
  if (errors === 0 && warnings === 0) return "None: it can be deployed as it is.";
  if (errors === 0) return `${many(warnings, "warning")}. It can be deployed as it is.`;
  const more = warnings === 0 ? "" : ` and ${many(warnings, "warning")}`;
  return `${many(errors, "error")}${more}. It cannot be deployed yet.`;
}
