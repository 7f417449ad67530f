import { type KeyboardEvent, useEffect, useId, useState } from "react";
import { Dialog } from "./Dialog";
import "./pick.css";

export type Pickable = {
  readonly value: string;
  readonly label: string;
  readonly note?: string | undefined;
};

type Props = {
  open: boolean;
  title: string;
  placeholder: string;
  choices: readonly Pickable[];
  onPick: (value: string) => void;
  onClose: () => void;
};

/** One of a list, found by typing: the quick way to say what is to be added, or where to go. */
export function Pick({ open, title, onClose, ...rest }: Props) {
  return (
    <Dialog open={open} title={title} onClose={onClose}>
      <List {...rest} onClose={onClose} />
    </Dialog>
  );
}

function List({ placeholder, choices, onPick, onClose }: Omit<Props, "open" | "title">) {
  const list = useId();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const needle = typed.trim().toLowerCase();
  const found = choices.filter((it) => `${it.label} ${it.note ?? ""}`.toLowerCase().includes(needle));
  useEffect(() => {
    document.getElementById(`${list}-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [list, at]);
  const press = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(found.length - 1, at + 1));
    else if (event.key === "ArrowUp") setAt(Math.max(0, at - 1));
    else if (event.key === "Enter") {
      const chosen = found[at];
      if (chosen === undefined) return;
      onClose();
      onPick(chosen.value);
    } else return;
    event.preventDefault();
  };
  return (
    <div className="pick">
      <input
        className="input"
        role="combobox"
        aria-expanded="true"
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={found.length > 0 ? `${list}-${at}` : undefined}
        aria-label={placeholder}
        autoComplete="off"
        spellCheck={false}
        // biome-ignore lint/a11y/noAutofocus: the dialog is opened to type here
        autoFocus
        placeholder={placeholder}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <div id={list} role="listbox" tabIndex={-1} aria-label={placeholder} className="pick-list">
        {found.map((it, i) => (
          <div
            key={it.value}
            id={`${list}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === at}
            className="menu-item"
            onPointerDown={(event) => {
              event.preventDefault();
              onClose();
              onPick(it.value);
            }}
          >
            {it.label}
            {it.note && <span className="soft pick-note">{it.note}</span>}
          </div>
        ))}
        {found.length === 0 && <p className="soft menu-note">Nothing of that name</p>}
      </div>
    </div>
  );
}
