import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useEffect, useMemo, useRef, useState } from "react";
import { walked } from "@/pages/log/lit";
import { log as oneLog } from "@/pages/log/queries";
import { join, pretty } from "@/pages/log/stream";
import { PathStep } from "@/pages/log/Walked";
import { readWalk } from "@/pages/log/walk";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Duration, Money } from "@/ui/Values";
import { useRoute } from "../context";
import { callRoute, type Head } from "./call";
import { ready, type Wrong } from "./sample";
import type { Shown } from "./TryTab";
import type { From } from "./useSample";

type Props = {
  /** Another version than the live one. */
  version: string | undefined;
  from: From;
  onShown: (shown: Shown) => void;
  onRefused: (wrong: Wrong) => void;
};

type State = {
  readonly head?: Head;
  readonly text: string;
  readonly busy: boolean;
  readonly failure?: string;
};

/** A call as a client makes it, with a token that this page forgets. */
export function RealCall({ version, from, onShown, onRefused }: Props) {
  const { at, route } = useRoute();
  const [token, setToken] = useState("");
  const [stream, setStream] = useState(true);
  const [state, setState] = useState<State>({ text: "", busy: false });
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const send = async (event: FormEvent) => {
    event.preventDefault();
    const looked = ready(from.sample);
    onRefused("wrong" in looked ? looked.wrong : {});
    if ("wrong" in looked) return;
    running.current?.abort();
    const stop = new AbortController();
    running.current = stop;
    setState({ text: "", busy: true });
    onShown({ highlight: undefined });
    const model = `dynamic/${route.name}${version === undefined ? "" : `@${version}`}`;
    const { account, gateway } = at;
    const { format } = from.sample;
    const wish = {
      account,
      gateway,
      model,
      format,
      request: looked.it,
      token: token.trim(),
      stream,
      signal: stop.signal,
    };
    // Parts come faster than they can be drawn.
    let frame = 0;
    try {
      await callRoute(
        wish,
        (head) => setState((it) => ({ ...it, head })),
        (text) => {
          cancelAnimationFrame(frame);
          frame = requestAnimationFrame(() => setState((it) => ({ ...it, text })));
        },
      );
      setState((it) => ({ ...it, busy: false }));
    } catch (thrown) {
      const failure = thrown instanceof Error ? thrown.message : String(thrown);
      setState((it) => ({ ...it, busy: false, failure: stop.signal.aborted ? "Stopped." : failure }));
    }
  };
  return (
    <>
      <form className="try-call" onSubmit={send}>
        <p className="try-note">
          This calls the models of the route for real: providers may bill it, limits count it, and it is
          logged. Your session is not accepted for model calls, so type a token with AI Gateway Run. It stays
          in the memory of this page and is sent to this server only; nothing keeps it. At an open gateway
          leave it empty.
        </p>
        <div className="try-dice">
          <Field label="Gateway token">
            {(control) => (
              <input
                {...control}
                type="password"
                // Browsers are not to offer to keep it as a password.
                autoComplete="off"
                spellCheck={false}
                value={token}
                onChange={(event) => setToken(event.target.value)}
              />
            )}
          </Field>
          {state.busy ? (
            <Button onClick={() => running.current?.abort()}>Stop</Button>
          ) : (
            <Button type="submit" look="primary" disabled={version === undefined && route.deployment == null}>
              Send
            </Button>
          )}
        </div>
        {from.sample.format !== "embeddings" && (
          <label className="try-choice">
            <input type="checkbox" checked={stream} onChange={(event) => setStream(event.target.checked)} />
            Stream the answer
          </label>
        )}
        {version === undefined && route.deployment == null && (
          <p className="soft">Nothing is deployed: deploy a version, or choose one above.</p>
        )}
      </form>
      <Answer state={state} onShown={onShown} />
    </>
  );
}

function Answer({ state, onShown }: { state: State; onShown: (shown: Shown) => void }) {
  const { at } = useRoute();
  const { head, text, busy, failure } = state;
  const id = head?.log;
  // A log is there within a second of the end of its request.
  const log = useQuery({
    ...oneLog(at.account, at.gateway, id ?? ""),
    enabled: id !== undefined && !busy,
    retry: 6,
    retryDelay: 500,
  });
  const steps = useMemo(() => readWalk(log.data?.pointsman.path), [log.data]);
  useEffect(() => {
    if (steps.length > 0) onShown({ highlight: walked(steps) });
    else if (head) onShown({ highlight: { elements: new Set(head.path), edges: new Set() } });
  }, [steps, head, onShown]);
  if (head === undefined) {
    if (failure)
      return (
        <p className="field-bad" role="alert">
          {failure}
        </p>
      );
    return busy ? <p role="status">Waiting for the first byte…</p> : null;
  }
  const streamed = head.type.startsWith("text/event-stream");
  const joined = streamed ? join(text) : undefined;
  const good = head.status < 400;
  return (
    <section className="try-outcome" aria-label="Answer">
      <p className="try-verdict">
        <Badge tone={good ? "good" : "bad"}>{head.status}</Badge>{" "}
        {head.provider && head.model && (
          <strong>
            {head.provider}/{head.model}
          </strong>
        )}
        {log.data && (
          <span className="soft">
            {" · "}
            <Duration ms={log.data.duration} />
            {log.data.cost != null && (
              <>
                {" · "}
                <Money dollars={log.data.cost} />
              </>
            )}
            {" · "}
            <Link to="/g/$gateway/logs/$log" params={{ gateway: at.gateway, log: log.data.id }}>
              its log
            </Link>
          </span>
        )}
      </p>
      {joined && joined.reasoning !== "" && <pre className="try-text soft">{joined.reasoning}</pre>}
      <section
        className="try-text"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label="Text of the answer"
        aria-busy={busy}
      >
        <pre>{joined ? joined.text : pretty(text)}</pre>
      </section>
      {joined?.calls.map((it) => (
        <pre key={it} className="try-text">
          {it}
        </pre>
      ))}
      {joined?.error && <p className="field-bad">The stream broke: {joined.error}</p>}
      {failure && (
        <p className="field-bad" role="alert">
          {failure}
        </p>
      )}
      {steps.length > 0 && (
        <ol className="log-path">
          {steps.map((it, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a way is told once
            <PathStep key={i} step={it} reads={[]} />
          ))}
        </ol>
      )}
      {log.error && <p className="soft">The log could not be read yet; the answer is complete.</p>}
      {!busy && id === undefined && (
        <p className="soft">The answer names no log: this call was not recorded.</p>
      )}
    </section>
  );
}
