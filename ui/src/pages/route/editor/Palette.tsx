import type { DragEvent } from "react";
import { Icon } from "@/canvas/Icon";
import { KINDS, type Kind, kindOf, SHAPES } from "@/graph/kinds";

/** The type of what is dragged from here. */
const KIND = "application/x-pointsman-kind";

export function draggedKind(data: DataTransfer): Kind | undefined {
  return kindOf(data.getData(KIND));
}

/** Every kind: drag it to its place, or press it to have it behind what is selected. */
export function Palette({ hasStart, onAdd }: { hasStart: boolean; onAdd: (kind: Kind) => void }) {
  const drag = (event: DragEvent, kind: Kind) => {
    event.dataTransfer.setData(KIND, kind);
    event.dataTransfer.effectAllowed = "copy";
  };
  return (
    <div className="palette" role="toolbar" aria-label="Add an element">
      {KINDS.filter((it) => it !== "start" || !hasStart).map((it) => (
        <button
          key={it}
          type="button"
          className={`palette-item node-${it}`}
          draggable
          title={`${SHAPES[it].hint}. Drag it to its place, or press to add it behind what is selected.`}
          onDragStart={(event) => drag(event, it)}
          onClick={() => onAdd(it)}
        >
          <Icon kind={it} />
          {SHAPES[it].title}
        </button>
      ))}
    </div>
  );
}
