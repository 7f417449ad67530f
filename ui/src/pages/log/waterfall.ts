/** Where the time of a request went, as bars on one axis. Pure. */
import { type Charge, costWords } from "./charges";
import type { Attempt, Step } from "./walk";

export type Bar = {
  readonly key: string;
  readonly label: string;
  readonly note: string | undefined;
  /** What all attempts of the element were charged together; at its last one. */
  readonly charge?: string | undefined;
  readonly kind: "gateway" | "wait" | "read" | "failed" | "stream";
  /** Microseconds from admission. */
  readonly from: number;
  readonly to: number;
};

type Times = { readonly gateway_us: number; readonly route_us: number; readonly upstream_us: number };

/**
 * `total` is milliseconds until the end, `firstByte` until the answer began, of the whole request. An attempt is drawn until it was committed
 * or failed; what comes after the last one is the answer on its way to the caller. `charges` are those of `steps`.
 */
export function waterfall(
  steps: readonly Step[],
  times: Times,
  total: number,
  streamed: boolean,
  charges: readonly (Charge | undefined)[] = [],
): { readonly bars: readonly Bar[]; readonly end: number } {
  const attempts = steps.flatMap((step, at) =>
    step.attempts.map((attempt, i) => {
      const charge = i === step.attempts.length - 1 ? charges[at] : undefined;
      return { step, attempt, charge: charge && costWords(charge) };
    }),
  );
  const bars: Bar[] = [];
  const first = attempts.find(({ attempt }) => attempt.at !== undefined)?.attempt.at;
  const head = times.gateway_us + times.upstream_us;
  const before = first ?? head;
  if (before > 0) {
    const note = times.route_us > 0 ? `${us(times.route_us)} of the gateway's time in the route` : undefined;
    bars.push({ key: "gateway", label: "Gateway", note, kind: "gateway", from: 0, to: before });
  }
  attempts.forEach(({ step, attempt, charge }, i) => {
    if (attempt.at === undefined) return;
    const key = `attempt-${i}`;
    const label = step.element === "model" ? attempt.model : `${step.element}: ${attempt.model}`;
    const to = attempt.at + (attempt.us ?? 0);
    if (attempt.cause !== undefined) {
      bars.push({ key, label, note: outcome(attempt), charge, kind: "failed", from: attempt.at, to });
      return;
    }
    const firstByte = Math.min(to, attempt.at + (attempt.firstByte ?? attempt.us ?? 0));
    bars.push({ key, label, note: outcome(attempt), charge, kind: "wait", from: attempt.at, to: firstByte });
    if (to > firstByte) {
      bars.push({
        key: `${key}-read`,
        label,
        note: "until it was committed",
        kind: "read",
        from: firstByte,
        to,
      });
    }
  });
  const last = Math.max(0, ...bars.map((it) => it.to));
  const end = Math.max(last, total * 1000, head);
  if (end > last && attempts.some(({ attempt }) => attempt.cause === undefined)) {
    const label = streamed ? "Stream to the caller" : "Answer to the caller";
    bars.push({ key: "stream", label, note: undefined, kind: "stream", from: last, to: end });
  }
  return { bars, end };
}

function outcome(it: Attempt): string {
  const parts = [
    it.status,
    it.cause,
    it.key === undefined || it.key === "none" ? undefined : `key ${it.key}`,
  ];
  return parts.filter((part) => part !== undefined).join(", ");
}

/** Microseconds in the unit that says them shortest. */
export function us(value: number): string {
  if (value < 1000) return `${value} µs`;
  if (value < 1_000_000) return `${Number((value / 1000).toFixed(value < 10_000 ? 2 : 1))} ms`;
  return `${Number((value / 1_000_000).toFixed(2))} s`;
}

/** Ends of the axis's parts: at most six, at round numbers. */
export function ticks(end: number): readonly number[] {
  if (end <= 0) return [0];
  const rough = end / 4;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((it) => it * size).find((it) => it >= rough) ?? rough;
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step).filter(
    (it) => it <= end * 0.9,
  );
}
