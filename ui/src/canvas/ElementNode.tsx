import { Handle, type NodeProps, Position, useUpdateNodeInternals } from "@xyflow/react";
import { memo, useEffect, useRef } from "react";
import { outputs } from "@/graph/document";
import { type Kind, kindOf, SHAPES } from "@/graph/kinds";
import { elementWords } from "@/graph/words";
import { Body } from "./Body";
import { Icon } from "./Icon";
import { type CanvasNode, type NodeData, names } from "./model";

/** One element: what it is, what it does, and its outputs, each a handle with its name. */
export const ElementNode = memo(function ElementNode({ id, data, selected }: NodeProps<CanvasNode>) {
  const { element, slots, readOnly } = data;
  const kind = kindOf(element.type);
  useHandles(id, slots);
  const [bad, chosen, led] = [names(data.bad), names(data.chosen), names(data.led)];
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of controls would be a form's fieldset
    <div
      className={classes(kind, data, selected)}
      role="group"
      aria-roledescription="element"
      aria-label={spoken(data, kind)}
      tabIndex={data.current ? 0 : -1}
      data-key={id}
    >
      {kind !== "start" && <Handle type="target" position={Position.Left} isConnectable={!readOnly} />}
      <div className="node-head">
        <Icon kind={kind} />
        <strong title={element.id}>{element.id}</strong>
        <span className="node-kind">{kind === undefined ? element.type : SHAPES[kind].title}</span>
        {data.severity && (
          <span className={`node-flag node-flag-${data.severity}`} title={data.said}>
            {data.severity === "error" ? "!" : "?"}
          </span>
        )}
      </div>
      <Body element={element} kind={kind} />
      {slots.map((name) => (
        <div
          key={name}
          className="node-slot"
          data-output={name}
          data-bad={bad.has(name) || undefined}
          data-chosen={chosen.has(name) || undefined}
          data-open={!led.has(name) || undefined}
        >
          <span>{name}</span>
          <Handle type="source" position={Position.Right} id={name} isConnectable={!readOnly} />
        </div>
      ))}
      {data.figure?.label && (
        <div className="node-figure" data-tone={data.figure.tone} title={data.figure.title}>
          {data.figure.label}
        </div>
      )}
    </div>
  );
});

/**
 * The canvas knows handles by their names and measures them when a node changes its size. One that is renamed (a share) is measured
 * anew here; otherwise nothing leads from it, and the edge that did is not drawn.
 */
function useHandles(id: string, slots: readonly string[]): void {
  const measure = useUpdateNodeInternals();
  const measured = useRef(slots);
  useEffect(() => {
    if (measured.current === slots) return;
    measured.current = slots;
    measure(id);
  }, [id, slots, measure]);
}

function classes(kind: Kind | undefined, data: NodeData, selected: boolean): string {
  return [
    "node",
    `node-${kind ?? "unknown"}`,
    data.severity && `node-${data.severity}`,
    data.mark && `node-${data.mark}`,
    data.lit && "node-lit",
    data.dim && "node-dim",
    selected && "node-selected",
  ]
    .filter(Boolean)
    .join(" ");
}

/** All that is to be seen of it, in one sentence after the other. */
function spoken({ element, slots, said, figure, mark, chosen }: NodeData, kind: Kind | undefined): string {
  const to = new Map(outputs(element));
  const leads = slots.map((it) => `${it} leads to ${to.get(it) ?? "nothing"}`).join(", ");
  const title = kind === undefined ? "Element" : SHAPES[kind].title;
  return [
    `${title} ${element.id}: ${elementWords(element)}`,
    chosen === "" ? leads : `output ${chosen} leads to ${to.get(chosen) ?? "nothing"}`,
    mark,
    said,
    figure?.title ?? figure?.label,
  ]
    .filter(Boolean)
    .join(". ");
}
