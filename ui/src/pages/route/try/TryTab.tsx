import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Canvas } from "@/canvas/Canvas";
import type { Figure, Highlight } from "@/canvas/types";
import type { Doc } from "@/graph/document";
import { version as oneVersion } from "@/pages/log/queries";
import { useMay } from "@/session/context";
import { Select } from "@/ui/Select";
import { ErrorState, Skeleton } from "@/ui/States";
import { useRoute } from "../context";
import { useDraft } from "../draft/context";
import { documentOf } from "../queries";
import { versionNumbers } from "../traffic/queries";
import { RealCall } from "./RealCall";
import { SampleForm } from "./SampleForm";
import { Simulate } from "./Simulate";
import type { Wrong } from "./sample";
import { useSample } from "./useSample";
import "./try.css";

/** What a result shows on the graph. */
export type Shown = {
  readonly highlight: Highlight | undefined;
  readonly edges?: ReadonlyMap<string, Figure> | undefined;
};

const DRAFT = "draft";

export default function TryTab() {
  const { at, route } = useRoute();
  const write = useMay("write");
  const draft = useDraft((it) => it.document);
  const numbers = useQuery(versionNumbers(at));
  const [mode, setMode] = useState<"simulate" | "call">(write ? "simulate" : "call");
  const [chosen, setChosen] = useState<string>();
  const from = useSample(setChosen);
  const live = route.deployment?.version_id;
  // A call takes what is deployed, or the version that is named; drafts are never served.
  const what = mode === "call" ? (chosen === DRAFT ? live : (chosen ?? live)) : (chosen ?? DRAFT);
  const stored = useQuery({
    ...oneVersion(at.account, at.gateway, at.id, what ?? ""),
    enabled: what !== undefined && what !== DRAFT,
  });
  const doc = useMemo<Doc | undefined>(() => {
    if (what === DRAFT) return draft;
    return stored.data ? documentOf(stored.data.elements) : undefined;
  }, [what, draft, stored.data]);
  const [shown, setShown] = useState<Shown>({ highlight: undefined });
  const [refused, setRefused] = useState<Wrong>({});

  const versions = (numbers.data ?? []).map((it) => ({
    value: it.id,
    label: `Version ${it.number}${it.id === live ? ", live" : ""}`,
  }));
  const options =
    mode === "call" ? versions : [{ value: DRAFT, label: "Draft, as the editor shows it" }, ...versions];
  return (
    <div className="try">
      <div className="try-form">
        <div className="try-mode" role="radiogroup" aria-label="How">
          {(["simulate", "call"] as const).map((it) => (
            <label key={it} className="try-choice">
              <input
                type="radio"
                name="try-mode"
                checked={mode === it}
                disabled={it === "simulate" && !write}
                onChange={() => {
                  setMode(it);
                  setShown({ highlight: undefined });
                  setRefused({});
                }}
              />
              {it === "simulate" ? "Simulate" : "Real call"}
            </label>
          ))}
          <Select aria-label="What is walked" value={what ?? ""} options={options} onValue={setChosen} />
        </div>
        {!write && <p className="soft">Simulating needs a token with AI Gateway Write.</p>}
        <SampleForm from={from} refused={refused} real={mode === "call"} />
      </div>
      <div className="try-result">
        {stored.error && <ErrorState error={stored.error} retry={() => stored.refetch()} />}
        <div className="try-canvas">
          {doc === undefined && !stored.error && <Skeleton rows={6} />}
          {doc && (
            <Canvas
              key={what}
              label={`Route ${route.name}`}
              document={doc}
              readOnly
              plain
              highlight={shown.highlight}
              edgeData={shown.edges}
            />
          )}
        </div>
        {doc && mode === "simulate" && (
          <Simulate
            doc={doc}
            what={what === DRAFT || what === undefined ? { doc } : { version: what }}
            from={from}
            onShown={setShown}
            onRefused={setRefused}
          />
        )}
        {mode === "call" && (
          <RealCall
            version={what === live ? undefined : what}
            from={from}
            onShown={setShown}
            onRefused={setRefused}
          />
        )}
      </div>
    </div>
  );
}
