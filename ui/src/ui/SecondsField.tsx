import { TextField } from "./TextField";

type Props = {
  label: string;
  hint: string;
  problems?: readonly string[];
  value: string;
  onValue: (value: string) => void;
};

/** Seconds, as the API has all times that are set, with what they are in larger words. */
export function SecondsField({ label, hint, problems, value, onValue }: Props) {
  const words = span(Number(value.trim()));
  return (
    <TextField
      label={`${label}, seconds`}
      hint={words === undefined ? hint : `${words}. ${hint}`}
      problems={problems}
      number
      value={value}
      onValue={onValue}
    />
  );
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** `5400` → "1 hour 30 minutes"; nothing for what is less than a minute or no whole number. */
export function span(seconds: number): string | undefined {
  if (!Number.isInteger(seconds) || seconds < 60) return undefined;
  const parts: string[] = [];
  let rest = seconds;
  for (const [unit, size] of UNITS) {
    const many = Math.floor(rest / size);
    rest -= many * size;
    if (many > 0) parts.push(`${many} ${unit}${many === 1 ? "" : "s"}`);
  }
  if (rest > 0) parts.push(`${rest} second${rest === 1 ? "" : "s"}`);
  return parts.join(" ");
}
