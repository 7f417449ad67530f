import { useState } from "react";
import { asProblem } from "@/api/problem";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Pairs } from "@/ui/Pairs";
import { Select } from "@/ui/Select";
import { Keeping } from "./Keeping";
import { FORMATS, fresh, ready, reformatted, type Sample, type Wrong } from "./sample";
import type { From } from "./useSample";

const FORMAT_WORDS = {
  chat: "Chat completions",
  responses: "Responses",
  messages: "Messages",
  embeddings: "Embeddings",
} as const;

type Props = {
  from: From;
  /** What the server, or a look at it, found wrong. */
  refused: Wrong;
  real: boolean;
};

export function SampleForm({ from, refused, real }: Props) {
  const { sample, setSample, taken, error } = from;
  const change = (part: Partial<Sample>) => setSample({ ...sample, ...part });
  const [seen, setSeen] = useState(false);
  const looked = ready(sample);
  const own = seen && "wrong" in looked ? looked.wrong : {};
  const wrong = { ...own, ...refused };
  const said = (text: string | undefined) => (text === undefined ? [] : [text]);
  return (
    <section className="try-sample" aria-label="Sample request">
      {error && <p className="field-bad">The log could not be read: {asProblem(error).message}</p>}
      {taken && (
        <p className="try-note" role="status">
          Taken from log {taken.id}, with its seed, its time and the version that it walked.
          {!taken.kept && " Its body was not kept: what stands here is an example."}
          {taken.missing.length > 0 &&
            ` Type for the same way what was withheld: ${taken.missing.join(", ")}.`}
        </p>
      )}
      <Keeping from={from} />
      <Field label="Format">
        {(control) => (
          <Select
            {...control}
            value={sample.format}
            options={FORMATS.map((it) => ({ value: it, label: FORMAT_WORDS[it] }))}
            onValue={(it) => setSample(reformatted(sample, FORMATS.find((name) => name === it) ?? "chat"))}
          />
        )}
      </Field>
      <Field
        label="Body"
        hint="JSON. The member model is filled in with this route."
        problems={said(wrong.body)}
      >
        {(control) => (
          <textarea
            {...control}
            className="input try-body"
            rows={11}
            spellCheck={false}
            value={sample.body}
            onChange={(event) => change({ body: event.target.value })}
            onBlur={() => setSeen(true)}
          />
        )}
      </Field>
      <Pairs
        legend="Metadata"
        one="entry"
        pairs={sample.metadata}
        fresh={{ key: "", value: "", text: false }}
        onPairs={(metadata) => change({ metadata })}
        problems={said(wrong.metadata)}
      />
      <Pairs
        legend="Headers"
        one="header"
        pairs={sample.headers}
        fresh={{ key: "", value: "" }}
        onPairs={(headers) => change({ headers })}
        problems={said(wrong.headers)}
      />
      {!real && (
        <details className="try-more">
          <summary>Time and token</summary>
          <Field
            label="It arrives at"
            hint="Empty: now. For request.hour and request.weekday."
            problems={said(wrong.at)}
          >
            {(control) => (
              <input
                {...control}
                placeholder="2027-01-31T12:00:00Z"
                autoComplete="off"
                value={sample.at}
                onChange={(event) => change({ at: event.target.value })}
              />
            )}
          </Field>
          <Field
            label="Id of its token"
            hint="Its metadata and its limits then hold. Empty: it carries none, and is let in."
          >
            {(control) => (
              <input
                {...control}
                autoComplete="off"
                spellCheck={false}
                value={sample.token}
                onChange={(event) => change({ token: event.target.value.trim() })}
              />
            )}
          </Field>
        </details>
      )}
      <Button className="try-fresh" onClick={() => setSample(fresh(sample.format))}>
        Start from an example
      </Button>
    </section>
  );
}
