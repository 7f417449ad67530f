import { createContext, type ReactNode, useContext, useMemo } from "react";
import type { Key } from "@/graph/document";
import { drop, put, rowRemoved, same, type Unread } from "../draft/unread";

export type UnreadChange = (change: (all: readonly Unread[]) => readonly Unread[]) => void;

type Place = {
  readonly element: Key;
  readonly path: readonly string[];
  readonly all: readonly Unread[];
  readonly change: UnreadChange;
};

const Context = createContext<Place | undefined>(undefined);

function usePlace(): Place {
  const place = useContext(Context);
  if (place === undefined) throw new Error("a field stands outside of an element's form");
  return place;
}

type OfProps = {
  element: Key;
  all: readonly Unread[];
  change: UnreadChange;
  children: ReactNode;
};

/** What is typed inside, and cannot be taken, is kept as this element's. */
export function UnreadOf({ element, all, change, children }: OfProps) {
  const place = useMemo(() => ({ element, all, change, path: [] }), [element, all, change]);
  return <Context value={place}>{children}</Context>;
}

/** A part of a form whose fields go by the same names as those of another part. */
export function Within({ name, children }: { name: string | number; children: ReactNode }) {
  const place = usePlace();
  const inner = useMemo(() => ({ ...place, path: [...place.path, String(name)] }), [place, name]);
  return <Context value={inner}>{children}</Context>;
}

/** What stands in a field although it cannot be taken. It is there again when the form is. */
export function useUnread(name: string) {
  const { element, path, all, change } = usePlace();
  const field = [...path, name];
  return {
    text: all.find((it) => it.element === element && same(it.field, field))?.text,
    put: (text: string, said: string) => change((now) => put(now, { element, field, text, said })),
    drop: () => change((now) => drop(now, element, field)),
  };
}

/** To be told when a row of this part is removed: those below it move up. */
export function useRowRemoved(): (at: number) => void {
  const { element, path, change } = usePlace();
  return (at) => change((now) => rowRemoved(now, element, path, at));
}
