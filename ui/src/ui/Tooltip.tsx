import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";
import "./overlays.css";

/** `children` is what can be focused and pointed at. What is said must not be needed: a phone has no pointer. */
export function Tooltip({ text, children }: { text: string; children: ReactNode }) {
  return (
    <Radix.Provider delayDuration={300}>
      <Radix.Root>
        <Radix.Trigger asChild>{children}</Radix.Trigger>
        <Radix.Portal>
          <Radix.Content className="tooltip" sideOffset={4}>
            {text}
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </Radix.Provider>
  );
}
