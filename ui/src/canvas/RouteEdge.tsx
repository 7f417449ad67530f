import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo } from "react";
import type { CanvasEdge } from "./model";

/** One output's way to an element: how thick, lit, or wrong it is, and its numbers. */
export const RouteEdge = memo(function RouteEdge(props: EdgeProps<CanvasEdge>) {
  const { data, selected } = props;
  const [path, x, y] = getBezierPath(props);
  const figure = data?.figure;
  const width = figure?.weight === undefined ? undefined : 1.25 + 6 * Math.min(1, Math.max(0, figure.weight));
  const state = [
    "route-edge",
    data?.severity && `edge-${data.severity}`,
    data?.mark && `edge-${data.mark}`,
    data?.lit && "edge-lit",
    data?.dim && "edge-dim",
    figure?.tone && `edge-tone-${figure.tone}`,
    selected && "edge-selected",
  ];
  return (
    <>
      <BaseEdge
        id={props.id}
        path={path}
        className={state.filter(Boolean).join(" ")}
        interactionWidth={18}
        {...(width === undefined ? {} : { style: { strokeWidth: width } })}
      />
      {figure?.label && (
        <EdgeLabelRenderer>
          <div
            className="edge-label"
            data-tone={figure.tone}
            data-dim={data?.dim || undefined}
            title={figure.title}
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
          >
            {figure.label}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
