/** What each model element was charged, its attempts together. Pure. */
import { count, money } from "@/ui/format";
import { type Class, classes, type Usage } from "./usage";
import type { Step } from "./walk";

export type Charge = {
  /** Its place among the steps that call. */
  readonly step: number;
  readonly provider: string;
  readonly model: string;
  readonly usage: Usage & { readonly total_tokens: number };
  /** `null`: nobody knows the price. */
  readonly cost?: number | null | undefined;
};

/** Of every step of a walk what it was charged, where it was. */
export function byStep(steps: readonly Step[], charges: readonly Charge[]): readonly (Charge | undefined)[] {
  let called = 0;
  return steps.map((it) => {
    if (!it.calls) return undefined;
    const at = called;
    called += 1;
    return charges.find(({ step }) => step === at);
  });
}

/** Classes as the columns of a table: those that any of them has tokens of. What is a part of another class is left out. */
export function columns(charges: readonly Charge[]): readonly Pick<Class, "key" | "name">[] {
  const found = charges.flatMap((it) => wholes(it)).map(({ key }) => key);
  return COLUMNS.filter(({ key }) => found.includes(key));
}

/** Tokens of one class; none of it is 0. */
export function tokens(charge: Charge, key: string): number {
  return wholes(charge).find((it) => it.key === key)?.tokens ?? 0;
}

const COLUMNS = [
  { key: "input", name: "Input" },
  { key: "read", name: "Cache read" },
  { key: "written", name: "Cache write" },
  { key: "output", name: "Output" },
];

/** `$0.0012 charged: 1,000 input, 200 cache read, 300 output (of it 50 reasoning)`. */
export function chargeWords(charge: Charge): string {
  const parts: string[] = [];
  let special: string[] = [];
  const close = () => {
    const last = parts.pop();
    if (last !== undefined) parts.push(special.length === 0 ? last : `${last} (of it ${special.join(", ")})`);
    special = [];
  };
  for (const it of classes(charge.usage, undefined)) {
    if (it.part) special.push(`${count(it.tokens)} ${it.name.replace(/^of it /, "")}`);
    else {
      close();
      const { name } = COLUMNS.find(({ key }) => key === it.key) ?? it;
      parts.push(`${count(it.tokens)} ${name.toLowerCase()}`);
    }
  }
  close();
  return `${costWords(charge)}: ${parts.join(", ")} tokens`;
}

export function costWords({ cost }: Charge): string {
  return cost === null || cost === undefined ? "charge not known" : `${money(cost)} charged`;
}

function wholes(charge: Charge): readonly Class[] {
  return classes(charge.usage, undefined).filter((it) => !it.part);
}
