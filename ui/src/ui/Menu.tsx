import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";
import "./overlays.css";

export type Choice = {
  readonly label: string;
  readonly onSelect: () => void;
  readonly danger?: boolean;
  readonly disabled?: boolean;
};

/** `children` is the button. Not modal: a modal one would write a style element, which the CSP refuses. */
export function Menu({ children, choices }: { children: ReactNode; choices: readonly Choice[] }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="popover" sideOffset={4} align="end">
          {choices.map((it) => (
            <DropdownMenu.Item
              key={it.label}
              className={it.danger ? "menu-item menu-danger" : "menu-item"}
              disabled={it.disabled === true}
              onSelect={it.onSelect}
            >
              {it.label}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
