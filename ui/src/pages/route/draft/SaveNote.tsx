import { lazy, Suspense, useState } from "react";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { useDraft, useDraftStore } from "./context";
import type { Conflict, SaveState } from "./state";

// With the canvas in it, which a first look at another tab does not need.
const MergeDialog = lazy(() => import("./MergeDialog"));

const SAID: Readonly<Record<SaveState, string>> = {
  saved: "Draft saved",
  saving: "Saving…",
  unsaved: "Not saved yet",
  offline: "Offline: kept in this browser",
  conflict: "Changed elsewhere",
};

const UNKEPT = "Offline, and this browser keeps nothing: leave this tab open";

/** Where the draft is: always in sight, and read out when it matters. */
export function SaveNote() {
  const store = useDraftStore();
  const { save, refusal, readOnly, etag, conflict, unread, pending, kept } = useDraft((it) => it);
  if (readOnly) return <Badge>Read only</Badge>;
  if (conflict) return <Clashing conflict={conflict} />;
  const loose = unread.length + (pending === undefined ? 0 : 1);
  if (save === "saved" && loose > 0)
    return (
      <span role="status">
        <Badge tone="warn">
          Draft saved, without {loose === 1 ? "a text that is" : `${loose} texts that are`} no value yet
        </Badge>
      </span>
    );
  if (save === "saved" && etag === undefined)
    return (
      <span className="soft" role="status">
        No draft: as deployed
      </span>
    );
  if (refusal)
    return (
      <span className="route-refusal" role="alert">
        Not saved: {refusal.message}{" "}
        <Button look="quiet" onClick={() => store.flush()}>
          Try again
        </Button>
      </span>
    );
  return (
    <span role="status">
      <Badge tone={save === "offline" ? "warn" : "neutral"}>
        {save === "offline" && !kept ? UNKEPT : SAID[save]}
      </Badge>
    </span>
  );
}

/** Opens by itself, once for each conflict; closed it stays in reach. */
function Clashing({ conflict }: { conflict: Conflict }) {
  const [later, setLater] = useState<Conflict>();
  return (
    <>
      <span className="route-refusal" role="alert">
        {SAID.conflict}. Editing waits until it is settled.{" "}
        <Button onClick={() => setLater(undefined)}>Settle it</Button>
      </span>
      <Suspense>
        <MergeDialog conflict={conflict} open={later !== conflict} onClose={() => setLater(conflict)} />
      </Suspense>
    </>
  );
}
