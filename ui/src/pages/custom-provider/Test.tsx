import { useState } from "react";
import { Typed } from "@/api/typed";
import { Badge } from "@/ui/Badge";
import { Form } from "@/ui/Form";
import { TextField } from "@/ui/TextField";
import { useSave } from "@/ui/useSave";
import { Duration } from "@/ui/Values";
import { attempt, type Tried } from "./queries";

/** One real call, to see whether routes could use a model of it. */
export function Test({ account, gateway, id }: { account: string; gateway: string; id: string }) {
  const [model, setModel] = useState("");
  const [tried, setTried] = useState<Tried>();
  const save = useSave(async () => {
    const typed = new Typed();
    const name = typed.needed("/model", model, "A model");
    typed.done();
    setTried(undefined);
    return attempt(account, id, gateway, name);
  }, setTried);
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>Test</h2>
        <p className="soft">
          One real call of 16 tokens at most, with the key of gateway {gateway}. The provider may bill it; no
          limit counts it and no log keeps it.
        </p>
      </div>
      <Form
        label="Test"
        problem={save.problem}
        fields={["/model"]}
        submit="Call it once"
        busy={save.busy}
        onSubmit={save.go}
      >
        <TextField
          label="Model"
          hint="As the provider names it."
          problems={save.at("/model")}
          value={model}
          onValue={setModel}
        />
      </Form>
      <div role="status">
        {save.busy && "Calling; it is over after 20 s at the latest."}
        {tried && (
          <p>
            {tried.answered ? <Badge tone="good">Answered</Badge> : <Badge tone="bad">No good answer</Badge>}{" "}
            {tried.status != null && `Status ${tried.status}, `}
            <Duration ms={tried.latency_ms} />, key <code>{tried.key_alias}</code>
            {tried.cause && (
              <>
                . <code>{tried.cause.kind}</code>: {tried.cause.message}
              </>
            )}
          </p>
        )}
      </div>
    </section>
  );
}
