import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";
import "./overlays.css";

type Tab = { readonly value: string; readonly label: string; readonly content: ReactNode };
type Props = { label: string; tabs: readonly Tab[]; value: string; onValue: (value: string) => void };

export function Tabs({ label, tabs, value, onValue }: Props) {
  return (
    <Radix.Root value={value} onValueChange={onValue}>
      <Radix.List className="tabs" aria-label={label}>
        {tabs.map((it) => (
          <Radix.Trigger key={it.value} className="tab" value={it.value}>
            {it.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((it) => (
        <Radix.Content key={it.value} value={it.value}>
          {it.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
