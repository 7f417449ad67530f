import { written } from "@/graph/exact";
import { span } from "@/pages/log/walk";
import { Badge } from "@/ui/Badge";
import { count, portion } from "@/ui/format";
import { Money } from "@/ui/Values";
import { why } from "./picture";
import type { Simulated } from "./queries";

type Props = { result: Simulated; old: boolean };

/** Who would answer, or why nobody. */
export function Verdict({ result, old }: Props) {
  const { answer, failure, status, estimated_cost: cost } = result;
  return (
    <p className={old ? "try-verdict try-old" : "try-verdict"} role="status">
      <Badge tone={answer ? "good" : "bad"}>{status}</Badge>{" "}
      {answer ? (
        <>
          <strong>
            {answer.provider}/{answer.model}
          </strong>{" "}
          would answer, from <code>{answer.element}</code>
        </>
      ) : (
        <strong>{failure ?? "No model would answer"}</strong>
      )}
      <span className="soft">
        {" · "}
        {cost == null ? (
          "cost not known: a model has no price"
        ) : (
          <>
            at most about <Money dollars={cost} />
          </>
        )}
      </span>
    </p>
  );
}

/** The way, and why it is this one. */
export function Outcome({ result, old }: Props) {
  const { distribution } = result;
  return (
    <section className={old ? "try-outcome try-old" : "try-outcome"} aria-label="Way" aria-busy={old}>
      <ol className="try-path">
        {result.path.map((it, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a way is told once
          <li key={i}>
            <div className="try-step">
              <strong>{it.element}</strong>
              <span className="soft">{it.type !== it.element && it.type}</span>
              {it.outcome !== "end" && (
                <>
                  <span aria-hidden="true">→</span>
                  <code>{it.outcome}</code>
                </>
              )}
              {it.decided_by !== "graph" && <span className="soft try-why">{why(it.decided_by)}</span>}
            </div>
            {it.reads.map((field) => (
              <Value key={field} read={result.reads.find((one) => one.field === field)} field={field} />
            ))}
            {it.limit && (
              <p className="try-fact">
                {amount(it.limit.type, it.limit.limit)} in {span(it.limit.window)}; this takes{" "}
                {amount(it.limit.type, it.limit.takes)}
              </p>
            )}
            {it.model && (
              <p className="try-fact">
                {it.model.provider}/{it.model.model}
                {it.model.failure
                  ? `: ${it.model.failure}`
                  : `: reads about ${count(it.model.input_tokens)} tokens, may write ${count(it.model.output_tokens)}`}
                {it.model.estimated_cost != null && !it.model.failure && (
                  <>
                    , <Money dollars={it.model.estimated_cost} />
                  </>
                )}
              </p>
            )}
          </li>
        ))}
      </ol>
      {distribution && <Draws distribution={distribution} />}
    </section>
  );
}

function Value({ read, field }: { read: Simulated["reads"][number] | undefined; field: string }) {
  return (
    <p className="try-fact">
      <code>{field}</code> {read?.present ? "is" : "is not there"}{" "}
      {read?.present && <code>{written(read.value)}</code>}
    </p>
  );
}

function amount(type: string, value: number): string {
  if (type === "cost") return `$${Number(value.toFixed(9))}`;
  return `${count(value)} ${value === 1 ? "request" : "requests"}`;
}

function Draws({ distribution }: { distribution: NonNullable<Simulated["distribution"]> }) {
  const { draws, models, unanswered } = distribution;
  const rows = [
    ...models.map((it) => ({
      key: it.element,
      name: `${it.element}: ${it.provider}/${it.model}`,
      count: it.count,
    })),
    ...(unanswered > 0 ? [{ key: "\u0000", name: "no model", count: unanswered }] : []),
  ];
  return (
    <section className="try-draws-table" aria-label="Draws">
      <h2>Who answers in {count(draws)} draws</h2>
      <table>
        <tbody>
          {rows.map((it) => (
            <tr key={it.key}>
              <th scope="row">{it.name}</th>
              <td className="number">{count(it.count)}</td>
              <td className="number">{portion(it.count, draws)}</td>
              <td className="try-meter">
                <meter min={0} max={draws} value={it.count} aria-label={`Share of ${it.name}`} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
