import type { Bucket } from "./queries";
import { amount, nearness, percent, usedWords } from "./words";

/** How much of a limit is used, as a bar with its numbers. What calls under way hold is lighter. */
export function Use({ it }: { it: Bucket }) {
  const whole = Math.max(it.limit, it.used);
  const part = (n: number) => `${whole > 0 ? Math.min(100, (100 * n) / whole) : 0}%`;
  const title =
    it.held > 0
      ? `${amount(it, it.settled)} used, ${amount(it, it.held)} held by calls under way`
      : `${amount(it, it.settled)} used`;
  return (
    <div className="use" title={title}>
      <span className="use-bar" aria-hidden="true">
        <span className={`use-part use-${nearness(it.share)}`} style={{ width: part(it.settled) }} />
        <span
          className={`use-part use-held use-${nearness(it.share)}`}
          style={{ width: part(Math.min(it.held, whole - it.settled)) }}
        />
      </span>
      <span className="number use-percent">{percent(it.share)}</span>
      <span className="number soft use-words">{usedWords(it)}</span>
    </div>
  );
}
