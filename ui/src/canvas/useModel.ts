import { applyNodeChanges, type NodeChange } from "@xyflow/react";
import { useCallback, useRef, useState } from "react";
import { type CanvasNode, model, type Shown } from "./model";

/**
 * Nodes and edges of what is shown. A drag moves nodes here only, so that nothing else is drawn again while it lasts; where they
 * come to rest is told by the canvas, and the document that follows places them.
 */
export function useModel(it: Shown) {
  const { document, problems, highlight, edgeData, nodeData, marks, selection, readOnly } = it;
  const parts = [document, problems, highlight, edgeData, nodeData, marks, selection, readOnly];
  const [shown, setShown] = useState(() => ({ parts, ...model(it, { nodes: [], edges: [] }) }));
  let current = shown;
  if (parts.some((part, i) => part !== shown.parts[i])) {
    current = { parts, ...model(it, shown) };
    setShown(current);
  }
  const set = useRef(setShown);
  const onNodesChange = useCallback((changes: NodeChange<CanvasNode>[]) => {
    const own = changes.filter((change) => change.type === "position" || change.type === "dimensions");
    if (own.length > 0) set.current((old) => ({ ...old, nodes: applyNodeChanges(own, old.nodes) }));
  }, []);
  return { nodes: current.nodes, edges: current.edges, onNodesChange };
}
