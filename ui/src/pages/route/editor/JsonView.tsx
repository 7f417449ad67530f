import { useMemo, useState } from "react";
import { type Doc, isDoc, keyed } from "@/graph/document";
import { sameJson } from "@/graph/json";
import { parseJson } from "@/graph/jsontext";
import { merge } from "@/graph/merge";
import type { Problems } from "@/graph/problems";
import { Button } from "@/ui/Button";
import JsonEditor, { type Remark } from "@/ui/JsonEditor";
import { useFocusNext } from "@/ui/useFocusNext";
import { useDraft, useDraftStore } from "../draft/context";

type Read =
  | { readonly doc: Doc; readonly remark?: never }
  | { readonly doc?: never; readonly remark: Remark };

/** The whole document as text. What is typed is the graph as soon as it is one; until then the graph stays what it was. */
export default function JsonView() {
  const store = useDraftStore();
  const { document, problems, readOnly, pending } = useDraft((it) => it);
  const [typed, setTyped] = useState(() => pending?.text ?? written(document));
  const read = useMemo(() => readDoc(typed), [typed]);
  // Changed by undo, or elsewhere: the text follows. What is typed and no graph yet is nobody else's to change.
  const follows = read.doc !== undefined && !sameJson(read.doc, document);
  const text = follows ? written(document) : typed;
  if (follows) setTyped(text);
  const remarks = useMemo(
    () => (read.remark === undefined ? remarksOf(document, problems) : [read.remark]),
    [read, document, problems],
  );
  const type = (next: string) => {
    setTyped(next);
    const { doc } = readDoc(next);
    const base = pending?.doc ?? document;
    store.pend(doc === undefined ? { text: next, doc: base } : undefined);
    if (doc === undefined || sameJson(doc, store.get().document)) return;
    // The graph may have been changed while the text was none: both go together, and here the text wins.
    const change = (now: Doc) => (now === base ? doc : merge(base, doc, now).doc());
    store.dispatch({ type: "change", label: "edit of the JSON", change, mark: "json" });
  };
  const { ref, next } = useFocusNext<HTMLDivElement>();
  const discard = () => {
    next((it) => it.querySelector(".json-editor")?.shadowRoot?.querySelector("[contenteditable]"));
    store.pend(undefined);
    setTyped(written(document));
  };
  return (
    <div ref={ref} className="editor-json">
      <p className="editor-json-note" role="status" data-pending={read.remark !== undefined || undefined}>
        {read.remark === undefined
          ? "In step with the graph."
          : `Not in the graph yet: ${read.remark.message}`}{" "}
        {read.remark !== undefined && <Button onClick={discard}>Discard what was typed</Button>}
      </p>
      <JsonEditor label="The route as JSON" text={text} onText={type} remarks={remarks} readOnly={readOnly} />
    </div>
  );
}

function written(doc: Doc): string {
  return JSON.stringify(doc, null, 2);
}

function readDoc(text: string): Read {
  const parsed = parseJson(text);
  if (parsed.fault) {
    const { at, message } = parsed.fault;
    return { remark: { at, severity: "error", message } };
  }
  if (isDoc(parsed.value)) return { doc: parsed.value };
  const message = "A route is a list of elements, each with an id and a type in quotes.";
  return { remark: { path: [], severity: "error", message } };
}

function remarksOf(doc: Doc, problems: Problems): readonly Remark[] {
  const index = new Map(keyed(doc).map(([key], i) => [key, i]));
  return problems.all.map(({ element, path, severity, message }) => {
    const at = element === undefined ? undefined : index.get(element);
    return { path: at === undefined ? [] : [at, ...path], severity, message };
  });
}
