import { useMemo } from "react";
import { Combobox } from "@/ui/Combobox";
import type { Control } from "@/ui/Field";
import { fieldSuggestions } from "./fields";

type Props = {
  control: Control;
  value: string;
  onValue: (value: string) => void;
  keys: readonly string[];
  readOnly: boolean;
  placeholder?: string;
};

/** The name of a field: suggests those that are known, and takes any. */
export function FieldInput({
  control,
  value,
  onValue,
  keys,
  readOnly,
  placeholder = "metadata.plan",
}: Props) {
  const suggestions = useMemo(() => fieldSuggestions(keys), [keys]);
  if (readOnly) return <input {...control} value={value} readOnly />;
  return <Combobox {...{ control, value, onValue, suggestions, placeholder }} />;
}
