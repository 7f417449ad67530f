import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { asProblem } from "@/api/problem";
import { useMay } from "@/session/context";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Pairs } from "@/ui/Pairs";
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
      {write ? (
        <fieldset className="log-thumbs" disabled={save.isPending}>
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
      ) : (
        <p className="soft">{THUMBS.find((it) => it.value === log.feedback)?.label ?? "None yet."}</p>
      )}
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
        <Pairs
          legend="Metadata"
          one="entry"
          pairs={entries}
          fresh={{ key: "", value: "", text: true }}
          onPairs={setEntries}
          readOnly={!write}
          problems={[...(wrong.metadata ? [wrong.metadata] : []), ...(problem?.at("/metadata") ?? [])]}
        />
        {problem?.besides(["/score", "/metadata"]).map((it) => (
          <p key={it} className="field-bad" role="alert">
            {it}
          </p>
        ))}
        {write && (
          <div className="log-feedback-end">
            <Button type="submit" look="primary" busy={save.isPending}>
              Save score and metadata
            </Button>
          </div>
        )}
      </form>
    </section>
  );
}
