import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import type { Control } from "./Field";
import { POPOVER, useBeside } from "./useBeside";
import "./controls.css";
import "./overlays.css";

export type Suggestion = { readonly value: string; readonly note?: string | undefined };

type Props = {
  control: Control;
  value: string;
  onValue: (value: string) => void;
  suggestions: readonly Suggestion[];
  placeholder?: string;
};

/** How many are shown at once; more typing finds the others, and the list says that there are more. */
const SHOWN = 50;

/** A text field that suggests, and takes anything. */
export function Combobox({ control, value, onValue, suggestions, placeholder }: Props) {
  const list = useId();
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const needle = value.toLowerCase();
  const found = suggestions.filter((it) => it.value.toLowerCase().includes(needle));
  const shown = found.slice(0, SHOWN);
  const expanded = open && shown.length > 0;
  const parts = { field: useRef<HTMLInputElement>(null), list: useRef<HTMLDivElement>(null) };
  const style = useBeside(parts, expanded, shown.length, () => setOpen(false));
  useEffect(() => {
    if (at >= 0) document.getElementById(`${list}-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [list, at]);
  const take = (it: Suggestion) => {
    onValue(it.value);
    setOpen(false);
    setAt(-1);
  };
  const press = (event: KeyboardEvent) => {
    const chosen = shown[at];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      setAt(Math.max(-1, Math.min(shown.length - 1, at + step)));
    } else if (event.key === "Enter" && expanded && chosen) take(chosen);
    else if (event.key === "Escape" && expanded) setOpen(false);
    else return;
    event.preventDefault();
  };
  return (
    <div className="combobox">
      <input
        {...control}
        ref={parts.field}
        role="combobox"
        aria-expanded={expanded}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={expanded && at >= 0 ? `${list}-${at}` : undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder}
        value={value}
        onChange={(event) => {
          onValue(event.target.value);
          setOpen(true);
          setAt(-1);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={press}
      />
      <div
        ref={parts.list}
        id={list}
        popover={POPOVER}
        tabIndex={-1}
        role="listbox"
        aria-label="Suggestions"
        className="popover"
        style={style}
        hidden={!expanded}
      >
        {shown.map((it, i) => (
          <div
            key={it.value}
            id={`${list}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === at}
            className="menu-item"
            onPointerDown={(event) => {
              event.preventDefault();
              take(it);
            }}
          >
            {it.value}
            {it.note && <span className="soft">{it.note}</span>}
          </div>
        ))}
        {found.length > SHOWN && <p className="soft menu-note">{found.length - SHOWN} more: type on</p>}
      </div>
    </div>
  );
}
