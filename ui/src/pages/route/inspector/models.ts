import { money } from "@/ui/format";
import type { Model } from "../catalogue";

/** `$1.25 in, $10 out for a million tokens`. */
export function priceWords({ input, output }: Model): string | undefined {
  if (input === undefined && output === undefined) return undefined;
  const part = (dollars: number | undefined, way: string) =>
    dollars === undefined ? [] : [`${money(dollars)} ${way}`];
  return `${[...part(input, "in"), ...part(output, "out")].join(", ")} for a million tokens`;
}

/** The same for a list: `$1.25 / $10`. */
export function priceNote({ input, output }: Model): string | undefined {
  if (input === undefined || output === undefined) return undefined;
  return `${money(input)} / ${money(output)}`;
}
