import { lazy, Suspense, useCallback, useRef } from "react";
import { only, type Selection } from "@/canvas/types";
import { type Doc, find, type Key, property } from "@/graph/document";
import { Skeleton } from "@/ui/States";
import { useCatalogue } from "../catalogue";
import { useRoute } from "../context";
import { useDraft, useDraftStore } from "../draft/context";
import { renamed } from "../draft/unread";
import { Problems } from "./Problems";

const Inspector = lazy(() => import("../inspector/Inspector"));

/** What is selected, and what is wrong. */
export function Side({ onJump, onJson }: { onJump: (to: Selection) => void; onJson: () => void }) {
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
      <Problems onJump={onJump} onJson={onJson} />
    </div>
  );
}

function One({ id }: { id: Key }) {
  const store = useDraftStore();
  const { at } = useRoute();
  const { document, problems, unread, readOnly } = useDraft((it) => it);
  const { place, follow } = useForm(id);
  const element = find(document, id);
  const provider = element === undefined ? undefined : property(element, "provider");
  const known = useCatalogue(at.account, at.gateway, typeof provider === "string" ? provider : "");
  const edit = useCallback(
    (label: string, change: (doc: Doc, key: Key) => Doc, mark?: string) => {
      let now: Key = id;
      store.dispatch({
        type: "change",
        label,
        change: (doc) => change(doc, id),
        ...(mark === undefined ? {} : { mark: `${id} ${mark}` }),
        select: (after) => {
          now = keyAfter(id, document, after);
          return now === id ? store.get().selection : only(now);
        },
      });
      if (now === id) return;
      follow(now);
      store.typed((all) => renamed(all, id, now));
    },
    [store, id, document, follow],
  );
  if (element === undefined) return null;
  return (
    <Suspense fallback={<Skeleton rows={3} />}>
      <Inspector
        key={place}
        id={id}
        element={element}
        document={document}
        edit={edit}
        problems={problems.byElement.get(id) ?? []}
        catalogue={known}
        readOnly={readOnly}
        unread={unread}
        onUnread={store.typed}
      />
    </Suspense>
  );
}

/** A form is of one element, and stays itself, with the focus where it is, when that is renamed. */
function useForm(id: Key) {
  const form = useRef({ id, place: 0 });
  if (form.current.id !== id) form.current = { id, place: form.current.place + 1 };
  const follow = useCallback((to: Key) => {
    form.current = { ...form.current, id: to };
  }, []);
  return { place: form.current.place, follow };
}

/** After a rename the element has another key, in the same place of the document. */
function keyAfter(id: Key, before: Doc, after: Doc): Key {
  if (find(after, id) !== undefined || before.length !== after.length) return id;
  const at = before.findIndex((it) => it.id === id);
  return after[at]?.id ?? id;
}
