import { useQuery } from "@tanstack/react-query";
import { useBlocker } from "@tanstack/react-router";
import { type ReactNode, useEffect, useState } from "react";
import { place } from "@/graph/problems";
import { useMay } from "@/session/context";
import { ErrorState, Skeleton } from "@/ui/States";
import { type At, documentOf, readDraft, routeKey } from "../queries";
import { DraftProvider, useDraft, useDraftStore } from "./context";
import { server } from "./http";
import { tabKeep } from "./keep";
import type { Read } from "./state";
import { DraftStore } from "./store";

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
    queryFn: async ({ signal }): Promise<Read> => {
      const stored = await readDraft(at, signal);
      if (stored !== undefined) return stored;
      const doc = documentOf(deployed);
      // Who may not ask what is wrong still sees the graph.
      const nothing = () => place(doc, []);
      const problems = mayAsk ? await server(at).check(doc, signal).catch(nothing) : nothing();
      return { doc, etag: undefined, problems, by: undefined };
    },
  });
  if (draft.data !== undefined)
    return (
      <Opened at={at} read={draft.data}>
        {children}
      </Opened>
    );
  if (draft.error === null) return <Skeleton />;
  return <ErrorState error={draft.error} retry={() => draft.refetch()} />;
}

function Opened({ at, read, children }: { at: At; read: Read; children: ReactNode }) {
  const readOnly = !useMay("write");
  const [store] = useState(() => {
    const keep = tabKeep([at.account, at.gateway, at.id].join("/"));
    return new DraftStore({ server: server(at), read, readOnly, keep });
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
      return !window.confirm(`${what} Leave, and go on with it when you come back in this tab?`);
    },
    enableBeforeUnload: () => unsaved,
    disabled: !unsaved,
  });
  return null;
}
