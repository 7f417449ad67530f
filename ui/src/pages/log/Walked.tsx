import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import { isDoc, properties } from "@/graph/document";
import { written } from "@/graph/exact";
import { Badge } from "@/ui/Badge";
import { duration } from "@/ui/format";
import { ErrorState, Skeleton } from "@/ui/States";
import { byStep, type Charge, chargeWords } from "./charges";
import { walked } from "./lit";
import { type Detail, version } from "./queries";
import {
  type Attempt,
  amount,
  fieldsOf,
  type Limit,
  type Read,
  readInputs,
  readWalk,
  type Step,
  span,
} from "./walk";
import { us } from "./waterfall";
import "./log.css";

const Canvas = lazy(async () => ({ default: (await import("@/canvas/Canvas")).Canvas }));

type Props = { log: Detail; account: string; gateway: string };

/** The path on the graph of the version that was walked, and in words. */
export function Walked({ log, account, gateway }: Props) {
  const steps = useMemo(() => readWalk(log.pointsman.path), [log]);
  const lit = useMemo(() => walked(steps), [steps]);
  const { route_id, version: id } = log.pointsman;
  const graph = useQuery({
    ...version(account, gateway, route_id ?? "", id ?? ""),
    enabled: route_id != null && id != null,
  });
  const doc = isDoc(graph.data?.elements) ? graph.data.elements : undefined;
  const charges = byStep(steps, log.pointsman.charges);
  const inputs = readInputs(log.pointsman.decision);
  return (
    <section className="log-panel" aria-labelledby="log-path">
      <h2 id="log-path">
        Path
        {graph.data && <span className="soft"> through version {graph.data.number}</span>}
      </h2>
      {route_id != null && graph.isPending && <Skeleton rows={4} />}
      {graph.error && <ErrorState error={graph.error} retry={() => graph.refetch()} />}
      {steps.length === 0 && (
        <p className="soft">
          It was refused before any element: {log.pointsman.cause ?? `status ${log.status_code}`}.
        </p>
      )}
      {doc && steps.length > 0 && (
        <div className="log-canvas">
          <Suspense fallback={<Skeleton rows={6} />}>
            <Canvas label="The path on the graph" document={doc} highlight={lit} readOnly plain />
          </Suspense>
        </div>
      )}
      <ol className="log-path">
        {steps.map((step, i) => {
          const element = doc?.find((it) => it.id === step.element);
          const fields = element === undefined ? [] : fieldsOf(properties(element));
          return (
            <PathStep
              // biome-ignore lint/suspicious/noArrayIndexKey: a path is written once
              key={i}
              step={step}
              charge={charges[i]}
              reads={inputs.filter((it) => fields.includes(it.field))}
            />
          );
        })}
      </ol>
    </section>
  );
}

type StepProps = { step: Step; reads: readonly Read[]; charge?: Charge | undefined };

export function PathStep({ step, reads, charge }: StepProps) {
  const bad = ["failed", "refused", "left"].includes(step.outcome);
  return (
    <li className="log-path-step">
      <div className="log-path-line">
        <strong>{step.element}</strong>
        {step.type !== step.element && <span className="soft">{step.type}</span>}
        {step.outcome !== step.element && (
          <>
            <span aria-hidden="true">→</span>
            <span className="hidden">took output</span>
            {bad || step.outcome === "fallback" ? (
              <Badge tone={bad ? "bad" : "warn"}>{step.outcome}</Badge>
            ) : (
              <code>{step.outcome}</code>
            )}
          </>
        )}
        {step.cached && <Badge tone="good">kept answer</Badge>}
        {step.at !== undefined && (
          <span className="soft number log-path-at" title="How long after the request had come in">
            at {us(step.at)}
          </span>
        )}
      </div>
      {reads.map((it) => (
        <p key={it.field} className="log-path-note">
          <code>{it.field}</code> {it.state === "value" ? "was" : ""}{" "}
          {it.state === "value" ? <code>{written(it.value)}</code> : it.state}
        </p>
      ))}
      {step.limit && <p className="log-path-note">{limitWords(step.limit)}</p>}
      {step.rule && <p className="log-path-note">Not called: spend rule {step.rule} was reached.</p>}
      {step.attempts.map((it, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a path is written once
        <p key={i} className="log-path-note">
          {attemptWords(it)}
        </p>
      ))}
      {charge && <p className="log-path-note log-charge">{chargeWords(charge)}</p>}
    </li>
  );
}

function attemptWords(it: Attempt): string {
  const who = `${it.provider}/${it.model}`;
  const status = it.status === undefined ? "" : `, status ${it.status}`;
  const time = it.us === undefined || it.us === 0 ? "" : ` after ${us(it.us)}`;
  const key = it.key === undefined || it.key === "none" ? "" : `, key ${it.key}`;
  if (it.cause === undefined) return `${who} answered${time}${status}${key}`;
  const message = it.message === undefined ? "" : `: ${it.message}`;
  return `${who}: ${it.cause}${time}${status}${key}${message}`;
}

function limitWords(it: Limit): string {
  const what = `${amount(it, it.limit)}${it.by === "count" ? " requests" : ""} in ${span(it.window)}`;
  if (it.unavailable) return `${what}: the counters did not answer`;
  if (it.settled !== undefined) {
    const held = it.held ? ` and ${amount(it, it.held)} held` : "";
    const again = it.retryAfter === undefined ? "" : `; room again in ${duration(it.retryAfter)}`;
    return `${what}: ${amount(it, it.settled)} used${held}, ${amount(it, it.remaining ?? 0)} left${again}`;
  }
  return it.taken === undefined ? what : `${what}: took ${amount(it, it.taken)}`;
}
