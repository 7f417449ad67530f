import { type FormEvent, useState } from "react";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { toast } from "@/ui/toasts";
import { useRoute } from "../context";
import { readKept, writeKept } from "./kept";
import type { From } from "./useSample";

/** Samples of this route that the browser keeps. */
export function Keeping({ from }: { from: From }) {
  const { at } = useRoute();
  const [all, setAll] = useState(() => readKept(at));
  const [current, setCurrent] = useState("");
  const [asking, setAsking] = useState(false);
  const [name, setName] = useState("");
  const store = (next: typeof all, done: string) => {
    setAll(next);
    if (writeKept(at, next)) toast(done);
    else toast("This browser keeps nothing: the sample is gone when you leave the page.", "bad");
  };
  const keep = (event: FormEvent) => {
    event.preventDefault();
    const key = name.trim();
    if (key === "") return;
    const others = all.filter((it) => it.name !== key);
    store([...others, { name: key, sample: from.sample }], `Kept “${key}” in this browser`);
    setCurrent(key);
    setAsking(false);
  };
  const take = (key: string) => {
    setCurrent(key);
    const found = all.find((it) => it.name === key);
    if (found) from.setSample(found.sample);
  };
  return (
    <div className="try-kept">
      {all.length > 0 && (
        <Select
          aria-label="Kept samples"
          value={current}
          options={[
            { value: "", label: "Kept samples…" },
            ...all.map((it) => ({ value: it.name, label: it.name })),
          ]}
          onValue={take}
        />
      )}
      <Button
        onClick={() => {
          setName(current);
          setAsking(true);
        }}
      >
        Keep this sample
      </Button>
      {current !== "" && (
        <Button
          look="quiet"
          onClick={() => {
            const left = all.filter((it) => it.name !== current);
            store(left, `Forgot “${current}”`);
            setCurrent("");
          }}
        >
          Forget it
        </Button>
      )}
      <Dialog open={asking} title="Keep this sample" onClose={() => setAsking(false)}>
        <form className="try-keep" onSubmit={keep}>
          <Field
            label="Name"
            hint="Kept in this browser only, for this route. Values of headers that are named like a credential are left out."
          >
            {(control) => (
              <input
                {...control}
                autoComplete="off"
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <Button type="submit" look="primary" disabled={name.trim() === ""}>
            {all.some((it) => it.name === name.trim()) ? "Replace it" : "Keep"}
          </Button>
        </form>
      </Dialog>
    </div>
  );
}
