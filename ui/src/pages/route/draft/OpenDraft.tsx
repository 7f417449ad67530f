import { useQuery } from "@tanstack/react-query";
import { useBlocker } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { place } from "@/graph/problems";
import { useMay, useSession } from "@/session/context";
import { type Tab, tab } from "@/session/tabs";
import { ErrorState, Skeleton } from "@/ui/States";
import { type At, documentOf, readDraft, routeKey } from "../queries";
import { DraftProvider, useDraft, useDraftStore } from "./context";
import { server } from "./http";
import { type Left, leftBehind, type Owner, tabKeep } from "./keep";
import type { Read } from "./state";
import { DraftStore } from "./store";

const LeftBehind = lazy(() => import("./LeftBehind"));

type Props = { at: At; deployed: unknown; children: ReactNode };

/** Reads the draft, and opens it for what is inside. */
export function OpenDraft({ at, deployed, children }: Props) {
  const mayAsk = useMay("write");
  const draft = useQuery({
    queryKey: [...routeKey(at), "draft"],
    // A store goes on from what it read once; what changes later comes to it by its own ways.
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    queryFn: async ({ signal }): Promise<Begin> => {
      const [stored, here] = await Promise.all([readDraft(at, signal), tab()]);
      if (stored !== undefined) return { read: stored, here };
      const doc = documentOf(deployed);
      // Who may not ask what is wrong still sees the graph.
      const nothing = () => place(doc, []);
      const problems = mayAsk ? await server(at).check(doc, signal).catch(nothing) : nothing();
      return { read: { doc, etag: undefined, problems, by: undefined }, here };
    },
  });
  if (draft.data !== undefined)
    return (
      <Opened at={at} {...draft.data}>
        {children}
      </Opened>
    );
  if (draft.error === null) return <Skeleton />;
  return <ErrorState error={draft.error} retry={() => draft.refetch()} />;
}

/** What a store begins with. */
type Begin = { readonly read: Read; readonly here: Tab };

function Opened({ at, read, here, children }: Begin & { at: At; children: ReactNode }) {
  const readOnly = !useMay("write");
  const { token } = useSession();
  const [store] = useState(() => {
    const keep = tabKeep({ at, token: token.id }, here.id);
    return new DraftStore({ server: server(at), read, readOnly, keep });
  });
  const [left, setLeft] = useState<readonly Left[]>(() => {
    const owner: Owner = { at, token: token.id };
    return readOnly ? [] : leftBehind(owner, here, store.get().document);
  });
  useEffect(() => {
    const seen = () => {
      if (document.visibilityState === "visible") void store.refresh();
    };
    window.addEventListener("online", store.flush);
    document.addEventListener("visibilitychange", seen);
    window.addEventListener("focus", seen);
    return () => {
      window.removeEventListener("online", store.flush);
      document.removeEventListener("visibilitychange", seen);
      window.removeEventListener("focus", seen);
      void store.flush().finally(store.close);
    };
  }, [store]);
  return (
    <DraftProvider value={store}>
      <Leaving />
      {left.length > 0 && (
        <Suspense>
          <LeftBehind left={left} onGone={(it) => setLeft(left.filter((one) => one !== it))} />
        </Suspense>
      )}
      {children}
    </DraftProvider>
  );
}

/** Leaving sends what is unsaved first; only when that fails is there something to ask. */
function Leaving() {
  const store = useDraftStore();
  const unsaved = useDraft((it) => it.save !== "saved" || it.unread.length > 0 || it.pending !== undefined);
  useBlocker({
    shouldBlockFn: async ({ current, next }) => {
      if (current.pathname === next.pathname) return false;
      await store.flush();
      const { save, unread, pending } = store.get();
      if (save === "saved" && unread.length === 0 && pending === undefined) return false;
      const what =
        save === "saved"
          ? "Something that was typed is no value yet, and is not in the draft."
          : "The draft is not saved yet.";
      return !window.confirm(`${what} Leave, and go on with it when you come back in this browser?`);
    },
    enableBeforeUnload: () => unsaved,
    disabled: !unsaved,
  });
  return null;
}
