import { createContext, useContext, useSyncExternalStore } from "react";
import type { DraftState } from "./state";
import type { DraftStore } from "./store";

const Context = createContext<DraftStore | undefined>(undefined);

export const DraftProvider = Context.Provider;

/** The store itself: `dispatch`, `flush`, `resolve`. */
export function useDraftStore(): DraftStore {
  const store = useContext(Context);
  if (store === undefined) throw new Error("useDraft stands outside of a route's page");
  return store;
}

/** A part of the state; the component is drawn again when that part is another: `useDraft((it) => it.document)`. */
export function useDraft<T>(part: (state: DraftState) => T): T {
  const store = useDraftStore();
  return useSyncExternalStore(store.subscribe, () => part(store.get()));
}
