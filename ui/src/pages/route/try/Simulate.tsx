import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { asProblem } from "@/api/problem";
import type { Doc } from "@/graph/document";
import { Button } from "@/ui/Button";
import { useRoute } from "../context";
import { type Assumed, Assumptions, NOTHING_ASSUMED } from "./Assumptions";
import { isSeed, outcomes, upstreams } from "./assumptions";
import { Outcome, Verdict } from "./Outcome";
import { drawn, lit } from "./picture";
import { type Asked, simulation } from "./queries";
import { ready, type Wrong } from "./sample";
import type { Shown } from "./TryTab";
import type { From } from "./useSample";

type Props = {
  doc: Doc;
  what: Asked["what"];
  from: From;
  onShown: (shown: Shown) => void;
  onRefused: (wrong: Wrong) => void;
};

/** How long nothing must change until it is asked anew. */
const REST = 350;

/** After the first time, every change of the sample, of what is assumed, or of the draft is simulated by itself. */
export function Simulate({ doc, what, from, onShown, onRefused }: Props) {
  const { at } = useRoute();
  const [assumed, setAssumed] = useState<Assumed>(NOTHING_ASSUMED);
  const [started, setStarted] = useState(false);
  const { sample, seed } = from;
  const version = "version" in what ? what.version : undefined;
  const wanted = useMemo<Asked | undefined>(() => {
    const looked = ready(sample);
    if ("wrong" in looked || !isSeed(seed)) return undefined;
    return {
      sample,
      request: looked.it,
      what: version === undefined ? { doc } : { version },
      outcomes: outcomes(doc, assumed.outcomes),
      down: assumed.down.filter((it) => upstreams(doc).includes(it)),
      seed,
      draws: assumed.draws,
    };
  }, [sample, seed, version, doc, assumed]);
  const [asked, setAsked] = useState<Asked>();
  useEffect(() => {
    if (!started) return;
    const timer = setTimeout(() => setAsked(wanted), REST);
    return () => clearTimeout(timer);
  }, [started, wanted]);
  const run = useQuery(simulation(at, asked));
  const { data, error } = run;

  useEffect(() => {
    onShown(
      data && !error
        ? { highlight: lit(data.path, data.distribution), edges: drawn(data.distribution) }
        : { highlight: undefined },
    );
  }, [data, error, onShown]);
  useEffect(() => onRefused(error ? wrongOf(error) : {}), [error, onRefused]);

  const start = () => {
    setStarted(true);
    setAsked(wanted);
  };
  const looked = ready(sample);
  const problem = error ? asProblem(error) : undefined;
  return (
    <>
      <div className="try-go">
        <Button look="primary" busy={run.isFetching} disabled={wanted === undefined} onClick={start}>
          Simulate
        </Button>
        <span className="soft">No provider is called, no limit is counted, nothing is recorded.</span>
      </div>
      {"wrong" in looked && (
        <p className="field-bad" role="alert">
          {Object.values(looked.wrong).join(" ")}
        </p>
      )}
      {problem
        ?.besides(["/request/body", "/request/metadata", "/request/headers", "/request/at"])
        .map((it) => (
          <p key={it} className="field-bad" role="alert">
            {it}
          </p>
        ))}
      {data && !error && <Verdict result={data} old={run.isPlaceholderData} />}
      <Assumptions doc={doc} assumed={assumed} onAssumed={setAssumed} seed={seed} onSeed={from.setSeed} />
      {data && !error && <Outcome result={data} old={run.isPlaceholderData} />}
    </>
  );
}

/** The server's sentences, at the field that each is about. */
function wrongOf(error: unknown): Wrong {
  const problem = asProblem(error);
  const at = (...pointers: string[]) => pointers.flatMap((it) => problem.at(it)).join(" ");
  const metadata = at("/request/metadata", "/request/headers/cf-aig-metadata");
  const body = at("/request/body");
  const headers = problem
    .at("/request/headers")
    .filter((it) => !metadata.includes(it))
    .join(" ");
  const time = at("/request/at");
  return {
    ...(body === "" ? {} : { body }),
    ...(metadata === "" ? {} : { metadata }),
    ...(headers === "" ? {} : { headers }),
    ...(time === "" ? {} : { at: time }),
  };
}
