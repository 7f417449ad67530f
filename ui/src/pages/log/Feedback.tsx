import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { asProblem } from "@/api/problem";
import { useMay } from "@/session/context";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { toast } from "@/ui/toasts";
import { type Entry, read, rows, scoreOf } from "./metadata";
import { type Change, change, type Detail, log as one } from "./queries";

type Props = { log: Detail; account: string; gateway: string };

const THUMBS = [
  { value: 1, label: "Good" },
  { value: 0, label: "Neutral" },
  { value: -1, label: "Bad" },
] as const;

/** What people say of an answer afterwards. */
export function Feedback({ log, account, gateway }: Props) {
  const write = useMay("write");
  const client = useQueryClient();
  const [score, setScore] = useState(log.score == null ? "" : String(log.score));
  const [entries, setEntries] = useState<readonly Entry[]>(() => rows(log.metadata));
  const [wrong, setWrong] = useState<{ score?: string; metadata?: string }>({});
  const save = useMutation({
    mutationFn: (it: Change) => change(account, gateway, log.id, it),
    onSuccess: (_, said) => {
      toast(said.feedback === undefined ? "Saved" : "Feedback saved");
      void client.invalidateQueries({ queryKey: one(account, gateway, log.id).queryKey, exact: true });
      void client.invalidateQueries({ queryKey: ["logs", account, gateway] });
    },
  });
  const problem = save.error ? asProblem(save.error) : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const number = scoreOf(score);
    const metadata = read(entries);
    const found = {
      ...(number === undefined ? { score: "A whole number from 0 to 100, or nothing." } : {}),
      ...(typeof metadata === "string" ? { metadata } : {}),
    };
    setWrong(found);
    if (number !== undefined && typeof metadata !== "string") save.mutate({ score: number, metadata });
  };
  return (
    <section className="log-panel" aria-labelledby="log-feedback">
      <h2 id="log-feedback">Feedback</h2>
      <fieldset className="log-thumbs" disabled={!write || save.isPending}>
        <legend className="hidden">Feedback</legend>
        {THUMBS.map((it) => (
          <Button
            key={it.value}
            aria-pressed={log.feedback === it.value}
            onClick={() => save.mutate({ feedback: log.feedback === it.value ? null : it.value })}
          >
            {it.label}
          </Button>
        ))}
        {log.feedback == null && <span className="soft">none yet</span>}
      </fieldset>
      <form className="log-feedback-form" onSubmit={submit} noValidate>
        <Field
          label="Score, 0 to 100"
          problems={[...(wrong.score ? [wrong.score] : []), ...(problem?.at("/score") ?? [])]}
        >
          {(control) => (
            <input
              {...control}
              inputMode="numeric"
              readOnly={!write}
              value={score}
              onChange={(event) => setScore(event.target.value)}
            />
          )}
        </Field>
        <fieldset className="log-metadata" aria-describedby="metadata-bad">
          <legend>Metadata</legend>
          {entries.map((it, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: names are being typed, so only the place is stable
            <div key={i} className="log-metadata-row">
              <input
                className="input"
                aria-label={`Name of entry ${i + 1}`}
                readOnly={!write}
                value={it.key}
                onChange={(event) => setEntries(entries.with(i, { ...it, key: event.target.value }))}
              />
              <input
                className="input"
                aria-label={`Value of ${it.key === "" ? `entry ${i + 1}` : it.key}`}
                readOnly={!write}
                value={it.value}
                onChange={(event) => setEntries(entries.with(i, { ...it, value: event.target.value }))}
              />
              {write && (
                <Button
                  look="quiet"
                  aria-label={`Remove ${it.key === "" ? `entry ${i + 1}` : it.key}`}
                  onClick={() => setEntries(entries.filter((_, at) => at !== i))}
                >
                  Remove
                </Button>
              )}
            </div>
          ))}
          {entries.length === 0 && <p className="soft">None.</p>}
          <div id="metadata-bad" className="field-bad" role="alert">
            {[...(wrong.metadata ? [wrong.metadata] : []), ...(problem?.at("/metadata") ?? [])].map((it) => (
              <p key={it}>{it}</p>
            ))}
          </div>
        </fieldset>
        {problem?.besides(["/score", "/metadata"]).map((it) => (
          <p key={it} className="field-bad" role="alert">
            {it}
          </p>
        ))}
        {write && (
          <div className="log-feedback-end">
            <Button onClick={() => setEntries([...entries, { key: "", value: "", text: true }])}>
              Add an entry
            </Button>
            <Button type="submit" look="primary" busy={save.isPending}>
              Save score and metadata
            </Button>
          </div>
        )}
      </form>
    </section>
  );
}
