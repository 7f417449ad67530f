import { money } from "@/ui/format";
import type { Model } from "../catalogue";

/** `400k`, `1M`: how much a model reads, as people say it. */
export function tokens(n: number): string {
  if (n >= 1_000_000) return `${Number((n / 1_000_000).toFixed(1))}M`;
  return n >= 1_000 ? `${Math.round(n / 1_000)}k` : String(n);
}

/** `$1.25 in, $10.00 out for a million tokens; reads up to 400k`. */
export function modelWords({ input, output, context }: Model): string | undefined {
  const part = (dollars: number | undefined, way: string) =>
    dollars === undefined ? [] : [`${money(dollars)} ${way}`];
  const prices = [...part(input, "in"), ...part(output, "out")];
  const words = [
    ...(prices.length === 0 ? [] : [`${prices.join(", ")} for a million tokens`]),
    ...(context === undefined ? [] : [`reads up to ${tokens(context)} tokens`]),
  ];
  return words.length === 0 ? undefined : `${words.join("; ")}.`;
}

/** The same for a list: `$1.25 / $10.00 · 400k`. */
export function modelNote({ input, output, context, embeds }: Model): string | undefined {
  const parts = [
    ...(embeds === true ? ["embeddings"] : []),
    ...(input === undefined || output === undefined ? [] : [`${money(input)} / ${money(output)}`]),
    ...(context === undefined ? [] : [tokens(context)]),
  ];
  return parts.length === 0 ? undefined : parts.join(" · ");
}
