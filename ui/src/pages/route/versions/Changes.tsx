import type { Change, Diff } from "@/graph/diff";
import { Sentence } from "@/ui/Sentence";
import "./changes.css";

/** Everything that differs, what matters to requests first. */
export function textsOf({ changes }: Diff): readonly Change[] {
  return [...changes].sort((a, b) => Number(a.kind === "note") - Number(b.kind === "note"));
}

type Props = { title?: string; changes: readonly Change[]; none: string };

export function Changes({ title, changes, none }: Props) {
  return (
    <section className="changes">
      {title && <h3>{title}</h3>}
      {changes.length === 0 ? (
        <p className="soft">{none}</p>
      ) : (
        <ul>
          {changes.map((it) => (
            <li key={it.text} data-kind={it.kind}>
              <Sentence text={it.text} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
