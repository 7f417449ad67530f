import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json, jsonLanguage } from "@codemirror/lang-json";
import { bracketMatching, ensureSyntaxTree, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { nodeAt } from "./jsonplace";
import { colours, look } from "./jsontheme";

export type Remark = {
  /** Where it is, from the root of the value; or a position in the text. */
  readonly path?: readonly (string | number)[];
  readonly at?: number;
  readonly severity: "error" | "warning";
  readonly message: string;
};

type Props = {
  label: string;
  text: string;
  onText: (text: string) => void;
  remarks: readonly Remark[];
  readOnly?: boolean;
};

/**
 * JSON as text. It lives in a shadow root: there its styles are adopted sheets, which the content security policy allows; in the
 * document they would be a style element, which it refuses. Colours come through as custom properties.
 */
export default function JsonEditor({ label, text, onText, remarks, readOnly = false }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);
  const told = useRef(onText);
  told.current = onText;
  const first = useRef({ text, label, readOnly });
  useEffect(() => {
    const place = host.current;
    if (place === null) return;
    const root = place.shadowRoot ?? place.attachShadow({ mode: "open" });
    const made = new EditorView({
      root,
      parent: root,
      state: begin(first.current, (it) => told.current(it)),
    });
    view.current = made;
    return () => made.destroy();
  }, []);
  useEffect(() => {
    view.current?.dispatch({ effects: locked.reconfigure(EditorState.readOnly.of(readOnly)) });
  }, [readOnly]);
  useEffect(() => {
    const made = view.current;
    const now = made?.state.doc.toString();
    if (made && now !== undefined && now !== text) {
      made.dispatch({ changes: { from: 0, to: now.length, insert: text } });
    }
    if (made) made.dispatch(setDiagnostics(made.state, diagnostics(made.state, remarks)));
  }, [text, remarks]);
  return <div className="json-editor" ref={host} />;
}

const locked = new Compartment();

function begin(it: { text: string; label: string; readOnly: boolean }, told: (text: string) => void) {
  return EditorState.create({
    doc: it.text,
    extensions: [
      lineNumbers(),
      history(),
      drawSelection(),
      indentOnInput(),
      bracketMatching(),
      json(),
      syntaxHighlighting(colours),
      lintGutter(),
      search({ top: true }),
      look,
      EditorView.lineWrapping,
      // It can be focused without the index; what judges a page by its attributes cannot know.
      EditorView.contentAttributes.of({ "aria-label": it.label, tabindex: "0" }),
      locked.of(EditorState.readOnly.of(it.readOnly)),
      // Tab leads on, as everywhere: a text field that holds the focus fast is a trap.
      keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap]),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) told(update.state.doc.toString());
      }),
    ],
  });
}

function diagnostics(state: EditorState, remarks: readonly Remark[]): Diagnostic[] {
  const tree =
    ensureSyntaxTree(state, state.doc.length, 200) ?? jsonLanguage.parser.parse(state.doc.toString());
  const text = state.doc.toString();
  return remarks.map(({ path, at, severity, message }) => {
    const node = path && nodeAt(tree, text, path);
    const from = node?.from ?? Math.min(at ?? 0, text.length);
    // Of an object the first line is enough: all of it underlined would say nothing.
    const to = node ? Math.min(node.to, state.doc.lineAt(node.from).to) : Math.min(from + 1, text.length);
    return { from, to: Math.max(from, to), severity, message };
  });
}
