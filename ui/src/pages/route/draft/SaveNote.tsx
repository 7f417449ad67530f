import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { useDraft, useDraftStore } from "./context";
import type { SaveState } from "./state";

const SAID: Readonly<Record<SaveState, string>> = {
  saved: "Draft saved",
  saving: "Saving…",
  unsaved: "Not saved yet",
  offline: "Offline: kept in this tab",
  conflict: "Changed elsewhere",
};

/** Where the draft is: always in sight, and read out when it matters. */
export function SaveNote() {
  const store = useDraftStore();
  const { save, refusal, readOnly, etag } = useDraft((it) => it);
  if (readOnly) return <Badge>Read only</Badge>;
  if (save === "saved" && etag === undefined) return <span className="soft">No draft: as deployed</span>;
  if (refusal)
    return (
      <span className="route-refusal" role="alert">
        Not saved: {refusal.message}{" "}
        <Button look="quiet" onClick={() => store.flush()}>
          Try again
        </Button>
      </span>
    );
  const tone = save === "conflict" ? "bad" : save === "offline" ? "warn" : "neutral";
  return (
    <span role="status">
      <Badge tone={tone}>{SAID[save]}</Badge>
    </span>
  );
}
