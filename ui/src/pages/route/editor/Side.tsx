import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useCallback } from "react";
import { only, type Selection } from "@/canvas/types";
import { type Doc, find, type Key } from "@/graph/document";
import { Skeleton } from "@/ui/States";
import { catalogue, EMPTY } from "../catalogue";
import { useRoute } from "../context";
import { useDraft, useDraftStore } from "../draft/context";
import { Problems } from "./Problems";

const Inspector = lazy(() => import("../inspector/Inspector"));

/** What is selected, and what is wrong. */
export function Side({ onJump }: { onJump: (to: Selection) => void }) {
  const selection = useDraft((it) => it.selection);
  const [key] = selection.elements;
  return (
    <div className="editor-side">
      <div className="editor-form">
        {selection.elements.size === 1 && key !== undefined && <One id={key} />}
        {selection.elements.size === 0 && (
          <p className="soft">Select an element to see and change what it does.</p>
        )}
        {selection.elements.size > 1 && (
          <section>
            <h2>{selection.elements.size} elements</h2>
            <p className="soft">Move, copy, duplicate or delete them together.</p>
          </section>
        )}
      </div>
      <Problems onJump={onJump} />
    </div>
  );
}

function One({ id }: { id: Key }) {
  const store = useDraftStore();
  const { at } = useRoute();
  const { document, problems, readOnly } = useDraft((it) => it);
  const known = useQuery(catalogue(at.account, at.gateway));
  const edit = useCallback(
    (label: string, change: (doc: Doc, key: Key) => Doc, mark?: string) =>
      store.dispatch({
        type: "change",
        label,
        change: (doc) => change(doc, id),
        ...(mark === undefined ? {} : { mark: `${id} ${mark}` }),
        select: (after) => followed(store.get().selection, id, document, after),
      }),
    [store, id, document],
  );
  const element = find(document, id);
  if (element === undefined) return null;
  return (
    <Suspense fallback={<Skeleton rows={3} />}>
      <Inspector
        key={id}
        id={id}
        element={element}
        document={document}
        edit={edit}
        problems={problems.byElement.get(id) ?? []}
        catalogue={known.data ?? EMPTY}
        readOnly={readOnly}
      />
    </Suspense>
  );
}

/** After a rename the element has another key, in the same place of the document. */
function followed(selection: Selection, id: Key, before: Doc, after: Doc): Selection {
  if (find(after, id) !== undefined) return selection;
  const at = before.findIndex((it) => it.id === id);
  const now = after[at];
  return now === undefined || before.length !== after.length ? selection : only(now.id);
}
