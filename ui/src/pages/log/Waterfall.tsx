import { byStep } from "./charges";
import type { Detail } from "./queries";
import { readWalk } from "./walk";
import { type Bar, ticks, us, waterfall } from "./waterfall";

/** Attempts on one axis of time. Every bar says its numbers in words beside it. */
export function Waterfall({ log }: { log: Detail }) {
  const steps = readWalk(log.pointsman.path);
  const { bars, end } = waterfall(
    steps,
    log.pointsman.times,
    log.duration,
    log.pointsman.streamed,
    byStep(steps, log.pointsman.charges),
  );
  return (
    <section className="log-panel" aria-labelledby="log-time">
      <h2 id="log-time">Time</h2>
      {bars.length === 0 ? (
        <p className="soft">Refused before anything took time.</p>
      ) : (
        <>
          <ol className="waterfall">
            {bars.map((it) => (
              <Line key={it.key} bar={it} end={end} />
            ))}
          </ol>
          <div className="waterfall-axis soft number" aria-hidden="true">
            {ticks(end).map((it) => (
              <span key={it} style={{ insetInlineStart: `${share(it, end)}%` }}>
                {us(it)}
              </span>
            ))}
          </div>
        </>
      )}
    </section>
  );
}

function Line({ bar, end }: { bar: Bar; end: number }) {
  return (
    <li>
      <div className="waterfall-words">
        <span>{bar.label}</span>
        <span className="soft">{[bar.note, bar.charge].filter(Boolean).join(" · ")}</span>
        <span className="number">{us(bar.to - bar.from)}</span>
      </div>
      <div className="waterfall-track" title={`from ${us(bar.from)} to ${us(bar.to)}`}>
        <div
          className={`waterfall-bar waterfall-${bar.kind}`}
          style={{
            insetInlineStart: `${share(bar.from, end)}%`,
            width: `max(2px, ${share(bar.to - bar.from, end)}%)`,
          }}
        />
      </div>
    </li>
  );
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}
