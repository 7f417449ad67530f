import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { call } from "@/api/client";
import { asProblem } from "@/api/problem";
import { readyModels } from "@/pages/route/catalogue";
import { wire } from "@/pages/route/draft/wire";
import { BASE } from "@/pages/route/queries";
import { useSession } from "@/session/context";
import { Button } from "@/ui/Button";
import { Combobox, type Suggestion } from "@/ui/Combobox";
import { Dialog } from "@/ui/Dialog";
import { Field } from "@/ui/Field";
import { Sentence } from "@/ui/Sentence";
import { toast } from "@/ui/toasts";
import { placed, type Refused } from "./templates/refused";
import { type Model, TEMPLATES } from "./templates/templates";
import "./create.css";

type Props = { gateway: string; open: boolean; onClose: () => void };

/** A new route: what it is to do, its name, and the models it needs. */
export default function CreateDialog({ gateway, open, onClose }: Props) {
  return (
    <Dialog open={open} title="New route" onClose={onClose} wide>
      <Form gateway={gateway} onClose={onClose} />
    </Dialog>
  );
}

function Form({ gateway, onClose }: Omit<Props, "open">) {
  const { account_id } = useSession();
  const [template, setTemplate] = useState(TEMPLATES[0]);
  const [name, setName] = useState("");
  const [models, setModels] = useState<Readonly<Record<string, string>>>({});
  const [more, setMore] = useState<Readonly<Record<string, string>>>({});
  const [refused, setRefused] = useState<Refused>();
  const [busy, setBusy] = useState(false);
  const known = useQuery(readyModels(account_id, gateway));
  const client = useQueryClient();
  const navigate = useNavigate();
  if (template === undefined) return null;
  const suggestions = (known.data ?? []).map(suggestion);
  const choose = (it: typeof template) => {
    setTemplate(it);
    setRefused(undefined);
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setRefused(undefined);
    const chosen = template.models.map((it) => split(models[it.name] ?? ""));
    const typed = template.more.map((it) => more[it.name] ?? it.begin);
    const doc = template.build(chosen, typed);
    try {
      const path = { account_id, gateway_id: gateway };
      const body = { name, elements: wire(doc) };
      const { result } = await call("post", `${BASE}/routes`, { path, body });
      await client.invalidateQueries({ queryKey: ["routes", account_id, gateway] });
      onClose();
      toast(`The route ${result.name} is made and live.`);
      await navigate({ to: "/g/$gateway/routes/$id", params: { gateway, id: result.id } });
    } catch (thrown) {
      setRefused(placed(asProblem(thrown), doc, chosen));
      setBusy(false);
    }
  };
  return (
    <form className="create" onSubmit={save}>
      <fieldset className="create-templates">
        <legend className="hidden">Template</legend>
        {TEMPLATES.map((it) => (
          <label key={it.id} data-chosen={it === template || undefined}>
            <input type="radio" name="template" checked={it === template} onChange={() => choose(it)} />
            <span>
              <strong>{it.title}</strong>
              <span className="soft">{it.hint}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="create-fields">
        <Field
          label="Name"
          hint={`Letters, digits, “-”, “_” and “.”. Clients call dynamic/${name || "name"}`}
          problems={refused?.name}
        >
          {(control) => (
            <input
              {...control}
              required
              autoComplete="off"
              spellCheck={false}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        {template.models.map((it, i) => (
          <Field key={it.name} label={it.label} hint={it.hint} problems={refused?.models[i]}>
            {(control) => (
              <Combobox
                control={control}
                value={models[it.name] ?? ""}
                onValue={(value) => setModels({ ...models, [it.name]: value })}
                suggestions={suggestions}
                placeholder="provider/model"
              />
            )}
          </Field>
        ))}
        {template.more.map((it) => (
          <Field key={it.name} label={it.label} hint={it.hint}>
            {(control) => (
              <input
                {...control}
                autoComplete="off"
                spellCheck={false}
                value={more[it.name] ?? it.begin}
                onChange={(event) => setMore({ ...more, [it.name]: event.target.value })}
              />
            )}
          </Field>
        ))}
        <div role="alert" className="field-bad">
          {refused?.others.map((it) => (
            <p key={it}>
              <Sentence text={it} />
            </p>
          ))}
        </div>
        <div className="create-actions">
          <Button look="primary" type="submit" busy={busy}>
            Create and deploy
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </div>
    </form>
  );
}

/** `openai/gpt-5` is a provider and its model; the model's own name may hold further slashes. */
function split(text: string): Model {
  const at = text.indexOf("/");
  return at < 0
    ? { provider: "", model: text.trim() }
    : { provider: text.slice(0, at).trim(), model: text.slice(at + 1).trim() };
}

function suggestion(it: Model & { input: number | undefined; output: number | undefined }): Suggestion {
  const value = `${it.provider}/${it.model}`;
  if (it.input === undefined || it.output === undefined) return { value };
  return { value, note: `$${it.input} in, $${it.output} out, for a million tokens` };
}
