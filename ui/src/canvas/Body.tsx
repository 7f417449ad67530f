import { type Element, outputs, property } from "@/graph/document";
import type { Json } from "@/graph/json";
import type { Kind } from "@/graph/kinds";
import { conditionWords, limitWords, percent, shares, windowWords } from "@/graph/words";

type Props = { element: Element; kind: Kind | undefined };

/** What an element does, readable where it stands. */
export function Body({ element, kind }: Props) {
  switch (kind) {
    case "conditional":
      return <Condition element={element} />;
    case "percentage":
      return <Split element={element} />;
    case "rate":
      return <Limit element={element} />;
    case "model":
      return <Model element={element} />;
    case "start":
    case "end":
      return null;
    case undefined:
      return <p className="node-body soft">Not known to this editor</p>;
  }
}

function Condition({ element }: { element: Element }) {
  const conditions = property(element, "conditions", "condition");
  const words = conditions === undefined ? "No condition yet" : conditionWords(conditions);
  return (
    <p className="node-body node-condition" title={words}>
      {words}
    </p>
  );
}

/** Tints follow each other; a share's name stands at its output. */
function Split({ element }: { element: Element }) {
  const parts = shares(outputs(element).map(([name]) => name));
  const key = text(property(element, "key"));
  return (
    <div className="node-body">
      <div className="node-shares" aria-hidden="true">
        {[...(parts ?? [])].map(([name, hundredths]) => (
          <span key={name} style={{ flexGrow: hundredths }} title={`${name}: ${percent(hundredths)}`} />
        ))}
      </div>
      <p className="node-line soft">{key === undefined ? "by chance" : `sticky by ${key}`}</p>
    </div>
  );
}

function Limit({ element }: { element: Element }) {
  const key = text(property(element, "key"));
  const first = `${limitWords(element)} in ${windowWords(element)}`;
  return (
    <div className="node-body">
      <p className="node-line" title={first}>
        {first}
      </p>
      <p className="node-line soft">{key === undefined ? "for all together" : `for each ${key}`}</p>
    </div>
  );
}

function Model({ element }: { element: Element }) {
  const [model, provider] = [text(property(element, "model")), text(property(element, "provider"))];
  const [timeout, retries] = [property(element, "timeout"), property(element, "retries")];
  const more = [
    provider ?? "No provider yet",
    typeof timeout === "number" && timeout > 0 && `${timeout / 1000} s`,
    typeof retries === "number" && retries > 0 && `${retries} ${retries === 1 ? "retry" : "retries"}`,
  ];
  return (
    <div className="node-body">
      <p className="node-line node-model" title={model}>
        {model ?? "No model yet"}
      </p>
      <p className="node-line soft">{more.filter(Boolean).join(" · ")}</p>
    </div>
  );
}

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
