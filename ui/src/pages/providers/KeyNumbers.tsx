import type { Typed } from "@/api/typed";
import { SecondsField } from "@/ui/SecondsField";
import { TextField } from "@/ui/TextField";

export type Numbers = {
  readonly weight: string;
  readonly rate_limit: string;
  readonly rate_limit_period: string;
};

export const NO_NUMBERS: Numbers = { weight: "", rate_limit: "", rate_limit_period: "60" };
export const LIMIT_FIELDS = ["/weight", "/rate_limit", "/rate_limit_period"] as const;

/** `null` takes a weight or a limit away. */
export function numbers(typed: Typed, form: Numbers) {
  return {
    weight: typed.whole("/weight", form.weight),
    rate_limit: typed.whole("/rate_limit", form.rate_limit),
    rate_limit_period: typed.whole("/rate_limit_period", form.rate_limit_period),
  };
}

type Props = {
  form: Numbers;
  set: (change: Partial<Numbers>) => void;
  at: (pointer: string) => readonly string[];
};

/** What shares requests among keys, and spares one. */
export function KeyNumbers({ form, set, at }: Props) {
  return (
    <>
      <TextField
        label="Weight"
        hint="Its share of the provider's requests, 0 to 1 000 000. As soon as one key has a weight they are shared by weight, and a key without one counts as 1. 0: used only when it is named."
        number
        problems={at("/weight")}
        value={form.weight}
        onValue={(weight) => set({ weight })}
      />
      <div className="form-pair">
        <TextField
          label="Requests at most"
          hint="Every attempt counts. At its limit the next key is used. Empty: any number."
          number
          problems={at("/rate_limit")}
          value={form.rate_limit}
          onValue={(rate_limit) => set({ rate_limit })}
        />
        <SecondsField
          label="In any"
          hint="60 unless you say."
          problems={at("/rate_limit_period")}
          value={form.rate_limit_period}
          onValue={(rate_limit_period) => set({ rate_limit_period })}
        />
      </div>
    </>
  );
}
