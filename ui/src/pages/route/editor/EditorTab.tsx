import type { ReactFlowInstance } from "@xyflow/react";
import { type ClipboardEvent, lazy, Suspense, useMemo, useRef, useState } from "react";
import { Canvas, type Editing } from "@/canvas/Canvas";
import type { CanvasEdge, CanvasNode } from "@/canvas/model";
import { nodeOf } from "@/canvas/nodeOf";
import type { Selection } from "@/canvas/types";
import type { Point } from "@/graph/document";
import { EmptyState, Skeleton } from "@/ui/States";
import { toast } from "@/ui/toasts";
import { useRoute } from "../context";
import { useDraft, useDraftStore } from "../draft/context";
import { Bar } from "./Bar";
import { type From, target } from "./commands";
import { Help } from "./Help";
import { onKey } from "./keys";
import { draggedKind, Palette } from "./Palette";
import { type Asked, Picks } from "./Picks";
import { placeOf } from "./placeOf";
import { Side } from "./Side";
import { type Actions, useActions } from "./useActions";
import { useShownProblems } from "./useShownProblems";
import { whenThere } from "./whenThere";
import "./editor.css";

const JsonView = lazy(() => import("./JsonView"));

/** The editor: what can be added, the graph or its JSON, and what is selected and wrong. */
export default function EditorTab() {
  const store = useDraftStore();
  const { route } = useRoute();
  const { document, selection, readOnly } = useDraft((it) => it);
  const problems = useShownProblems();
  const actions = useActions(store);
  const [asked, setAsked] = useState<Asked>();
  const [drawnTo, setDrawnTo] = useState<Point>();
  const [help, setHelp] = useState(false);
  const [json, setJson] = useState(false);
  const flow = useRef<ReactFlowInstance<CanvasNode, CanvasEdge> | undefined>(undefined);
  const frame = useRef<HTMLDivElement>(null);
  const editing = useEditing(actions, (from, at) => {
    setDrawnTo(at);
    setAsked({ what: "add", from });
  });
  const ask = (what: "add" | "go") => {
    const from = target(document, selection);
    setDrawnTo(undefined);
    if (what === "add" || from) setAsked({ what, from });
  };
  const jump = (to: Selection) => {
    setJson(false);
    actions.select(to);
    const nodes = [...to.elements].map((id) => ({ id }));
    focusSelected(() => void flow.current?.fitView({ nodes, maxZoom: 1, padding: 1 }));
  };
  /** The selected element gets the focus as soon as it is drawn. */
  const focusSelected = (then?: () => void) => {
    const [key] = store.get().selection.elements;
    if (key === undefined) return;
    whenThere(
      () => nodeOf(frame.current, key),
      (node) => {
        node.focus({ preventScroll: true });
        then?.();
      },
    );
  };
  const nextProblem = () => {
    const [key] = selection.elements;
    const all = problems.all.filter((it) => it.element !== undefined);
    const here = all.findLastIndex((it) => it.element === key);
    const next = all[(here + 1) % all.length];
    if (next) jump(placeOf(next));
  };
  const press = onKey({
    actions,
    readOnly,
    ask,
    help: () => setHelp(true),
    inspect: () =>
      whenThere(
        () => frame.current?.querySelector<HTMLElement>(FIRST_INPUT),
        (it) => it.focus(),
      ),
    nextProblem,
    save: () => void store.flush(),
  });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the canvas and the forms inside
    <div ref={frame} className="editor" onKeyDown={(event) => backToCanvas(event, frame.current)}>
      <Bar
        actions={actions}
        json={json}
        onJson={setJson}
        onGo={() => ask("go")}
        onHelp={() => setHelp(true)}
      />
      <div className="editor-main">
        {json ? (
          <Suspense fallback={<Skeleton />}>
            <JsonView />
          </Suspense>
        ) : (
          // biome-ignore lint/a11y/noStaticElementInteractions: keys and the clipboard of what is inside
          <div
            className="editor-canvas"
            onKeyDown={press}
            onCopy={(event) => copied(event, actions)}
            onCut={(event) => copied(event, actions) && !readOnly && actions.remove()}
            onPaste={(event) => !readOnly && pasted(event, actions)}
          >
            {!readOnly && (
              <Palette
                hasStart={document.some((it) => it.type === "start")}
                onAdd={(kind) => {
                  actions.add(kind, target(document, selection));
                  focusSelected();
                }}
              />
            )}
            <Canvas
              label={`Route ${route.name}`}
              document={document}
              problems={problems}
              selection={selection}
              readOnly={readOnly}
              editing={readOnly ? undefined : editing}
              onSelect={actions.select}
              onReady={(it) => {
                flow.current = it;
              }}
            />
            {document.length === 0 && (
              <div className="editor-empty">
                <EmptyState title="An empty graph">Add a start, and go on from there.</EmptyState>
              </div>
            )}
          </div>
        )}
        <Side onJump={jump} onJson={() => setJson(true)} />
      </div>
      <Picks
        asked={asked}
        onClose={() => setAsked(undefined)}
        onAdd={(kind, from) => actions.add(kind, from, drawnTo)}
        onLead={({ source, output }, to) =>
          to === undefined ? actions.disconnect(source, output) : actions.connect(source, output, to)
        }
      />
      <Help open={help} onClose={() => setHelp(false)} />
    </div>
  );
}

const FIRST_INPUT = ".editor-form :is(input, select, textarea, button)";

/** Escape in a form leads back to the element it is about. */
function backToCanvas(event: React.KeyboardEvent, frame: HTMLElement | null): void {
  if (event.key !== "Escape" || event.defaultPrevented || !(event.target instanceof Element)) return;
  if (event.target.closest(".editor-side") === null) return;
  frame?.querySelector<HTMLElement>('.node[tabindex="0"]')?.focus();
}

function useEditing(actions: Actions, onDrawn: (from: From, at: Point) => void): Editing {
  const drawn = useRef(onDrawn);
  drawn.current = onDrawn;
  return useMemo(
    () => ({
      onMove: actions.move,
      onConnect: actions.connect,
      onDrawn: (source, output, at) => drawn.current({ source, output }, at),
      onDropped: (data, at) => {
        const kind = draggedKind(data);
        if (kind !== undefined) actions.add(kind, undefined, { x: at.x - 120, y: at.y - 20 });
      },
    }),
    [actions],
  );
}

function copied(event: ClipboardEvent, actions: Actions): boolean {
  const text = actions.copied();
  if (text === undefined || inField(event)) return false;
  event.clipboardData.setData("text/plain", text);
  event.preventDefault();
  return true;
}

function pasted(event: ClipboardEvent, actions: Actions): void {
  if (inField(event)) return;
  event.preventDefault();
  if (!actions.paste(event.clipboardData.getData("text/plain")))
    toast("What is on the clipboard is no part of a route.", "bad");
}

function inField(event: ClipboardEvent): boolean {
  return event.target instanceof Element && event.target.closest("input, textarea") !== null;
}
