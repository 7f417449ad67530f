import {
  Background,
  type Connection,
  ConnectionLineType,
  Controls,
  MiniMap,
  type NodeChange,
  type OnConnectEnd,
  ReactFlow,
  type ReactFlowInstance,
  ReactFlowProvider,
  SelectionMode,
} from "@xyflow/react";
import "@xyflow/react/dist/base.css";
import "./canvas.css";
import { type DragEventHandler, type ReactNode, useRef } from "react";
import type { Doc, Key, Point } from "@/graph/document";
import { GRID } from "@/graph/layout";
import { edgeId } from "@/graph/nodes";
import type { Problems } from "@/graph/problems";
import { ElementNode } from "./ElementNode";
import type { CanvasEdge, CanvasNode } from "./model";
import { RouteEdge } from "./RouteEdge";
import { type Figure, type Highlight, type Marks, NOTHING, only, type Selection } from "./types";
import { useKeys } from "./useKeys";
import { useModel } from "./useModel";
import { useView } from "./useView";
import { hasMap, insets } from "./view";

/** What a canvas that can be edited tells; without it the canvas only shows. */
export type Editing = {
  readonly onMove: (places: ReadonlyMap<Key, Point>) => void;
  readonly onConnect: (source: Key, output: string, target: Key) => void;
  /** A connection was drawn into the empty: what is to stand there? */
  readonly onDrawn: (source: Key, output: string, at: Point) => void;
  /** Something was dropped; `at` is on the canvas. */
  readonly onDropped: (data: DataTransfer, at: Point) => void;
};

export type CanvasProps = {
  /** Names the graph for screen readers. */
  readonly label: string;
  readonly document: Doc;
  readonly problems?: Problems | undefined;
  /** Lit; all else is dimmed. */
  readonly highlight?: Highlight | undefined;
  /** By `edgeId`. */
  readonly edgeData?: ReadonlyMap<string, Figure> | undefined;
  readonly nodeData?: ReadonlyMap<Key, Figure> | undefined;
  readonly marks?: Marks | undefined;
  readonly selection?: Selection;
  readonly onSelect?: (selection: Selection) => void;
  readonly readOnly?: boolean;
  readonly editing?: Editing | undefined;
  /** Without the small map: for a canvas that is itself small. */
  readonly plain?: boolean;
  readonly onReady?: (flow: ReactFlowInstance<CanvasNode, CanvasEdge>) => void;
  readonly children?: ReactNode;
};

const nodeTypes = {
  start: ElementNode,
  conditional: ElementNode,
  percentage: ElementNode,
  rate: ElementNode,
  model: ElementNode,
  end: ElementNode,
  unknown: ElementNode,
};
const edgeTypes = { route: RouteEdge };
const SNAP: [number, number] = [GRID, GRID];
/** A route's graph. Give it a height by its container. */
export function Canvas(props: CanvasProps) {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  );
}

function Flow(props: CanvasProps) {
  const { label, document, selection = NOTHING, onSelect, editing, plain = false } = props;
  const readOnly = props.readOnly === true || editing === undefined;
  const shown = useModel({ ...props, selection, readOnly });
  const flow = useRef<ReactFlowInstance<CanvasNode, CanvasEdge> | undefined>(undefined);
  const frame = useRef<HTMLDivElement>(null);
  const map = hasMap(document.length, plain);
  const palette = editing !== undefined;
  const free = () => insets({ map, palette, width: frame.current?.clientWidth ?? 0 });
  const view = useView({ frame, flow, document, selection, plain, free });
  const press = useKeys({ frame, document, selection, onSelect, view });
  const changed = (changes: NodeChange<CanvasNode>[]) => {
    shown.onNodesChange(changes);
    const picked = changes.filter((it) => it.type === "select");
    if (picked.length === 0 || onSelect === undefined) return;
    const elements = new Set(selection.elements);
    for (const it of picked) it.selected ? elements.add(it.id) : elements.delete(it.id);
    onSelect({ elements, edges: new Set() });
  };
  const drawn: OnConnectEnd = (event, state) => {
    if (state.isValid || !state.fromNode || !state.fromHandle?.id || !editing) return;
    const point = "changedTouches" in event ? event.changedTouches[0] : event;
    const at = point && flow.current?.screenToFlowPosition({ x: point.clientX, y: point.clientY });
    if (at) editing.onDrawn(state.fromNode.id, state.fromHandle.id, at);
  };
  const drop: DragEventHandler = (event) => {
    if (!editing || !flow.current) return;
    event.preventDefault();
    const at = flow.current.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    editing.onDropped(event.dataTransfer, at);
  };
  const connect = ({ source, sourceHandle, target }: Connection) => {
    if (sourceHandle) editing?.onConnect(source, sourceHandle, target);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys move the focus between the elements inside
    <div
      className="canvas"
      ref={frame}
      tabIndex={-1}
      onKeyDown={press}
      data-read-only={readOnly || undefined}
    >
      <ReactFlow<CanvasNode, CanvasEdge>
        nodes={shown.nodes}
        edges={shown.edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onInit={(it) => {
          flow.current = it;
          view.begin();
          props.onReady?.(it);
        }}
        onMoveStart={view.moved}
        onNodesChange={changed}
        onNodeDragStop={(_, __, nodes) =>
          editing?.onMove(new Map(nodes.map((it) => [it.id, { x: it.position.x, y: it.position.y }])))
        }
        onConnect={connect}
        onConnectEnd={drawn}
        onEdgeClick={(_, edge) =>
          onSelect?.({ elements: only(edge.source).elements, edges: new Set([edge.id]) })
        }
        onPaneClick={() => onSelect?.(NOTHING)}
        onNodeClick={(event, node) => {
          const slot =
            event.target instanceof Element ? event.target.closest<HTMLElement>(".node-slot") : null;
          const output = slot?.dataset.output;
          if (output !== undefined)
            onSelect?.({ elements: only(node.id).elements, edges: new Set([edgeId(node.id, output)]) });
        }}
        onDragOver={(event) => editing && event.preventDefault()}
        onDrop={drop}
        connectionLineType={ConnectionLineType.Bezier}
        connectionRadius={28}
        attributionPosition="bottom-center"
        nodesDraggable={!readOnly}
        nodesConnectable={!readOnly}
        nodesFocusable={false}
        edgesFocusable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={["Meta", "Control", "Shift"]}
        selectionMode={SelectionMode.Partial}
        snapToGrid
        snapGrid={SNAP}
        minZoom={0.1}
        maxZoom={1.75}
        aria-label={label}
      >
        <Background gap={GRID} size={1} />
        {map && (
          <MiniMap pannable zoomable style={MAP} ariaLabel="Map of the route" nodeClassName={mapClass} />
        )}
        <Controls orientation="horizontal" showInteractive={false} onFitView={view.fit} />
        {props.children}
      </ReactFlow>
    </div>
  );
}

/** What is drawn in it is fitted to the size that it is told, not to the one that a style sheet gives it. */
const MAP = { width: 168, height: 112 };

function mapClass(node: CanvasNode): string {
  return `map-node ${node.data.severity ? `map-${node.data.severity}` : ""} ${node.data.lit ? "map-lit" : ""}`;
}
