import { Button } from "@/ui/Button";
import { Segments } from "@/ui/Segments";
import { Tooltip } from "@/ui/Tooltip";
import { useDraft } from "../draft/context";
import type { Actions } from "./useActions";

type Props = {
  actions: Actions;
  json: boolean;
  onJson: (json: boolean) => void;
  onGo: () => void;
  onHelp: () => void;
};

/** What can be done, and by which key. */
export function Bar({ actions, json, onJson, onGo, onHelp }: Props) {
  const { undo, redo, readOnly, selection } = useDraft((it) => it);
  const some = selection.elements.size > 0;
  return (
    <div className="editor-bar" role="toolbar" aria-label="Editor">
      {!readOnly && (
        <>
          <Act label="Undo" said={undo ?? "Nothing to undo"} keys="Ctrl+Z" off={!undo} onDo={actions.undo} />
          <Act
            label="Redo"
            said={redo ?? "Nothing to redo"}
            keys="Ctrl+Shift+Z"
            off={!redo}
            onDo={actions.redo}
          />
          <span className="editor-gap" />
          <Act label="Lead to…" said="Where the selected output leads" keys="G" off={!some} onDo={onGo} />
          <Act
            label="Duplicate"
            said="Copies of what is selected"
            keys="Ctrl+D"
            off={!some}
            onDo={actions.duplicate}
          />
          <Act
            label={selection.edges.size > 0 ? "Disconnect" : "Delete"}
            said="What is selected"
            keys="Delete"
            off={!some}
            onDo={actions.remove}
          />
          <Act
            label="Arrange"
            said="Puts every element in its place, from left to right"
            keys="L"
            onDo={actions.arrange}
          />
        </>
      )}
      <span className="editor-end">
        <Button look="quiet" onClick={onHelp}>
          Keys
        </Button>
        <Segments
          label="Show as"
          value={json ? "json" : "graph"}
          options={[
            { value: "graph", label: "Graph" },
            { value: "json", label: "JSON" },
          ]}
          onValue={(it) => onJson(it === "json")}
        />
      </span>
    </div>
  );
}

type ActProps = { label: string; said: string; keys: string; off?: boolean; onDo: () => void };

function Act({ label, said, keys, off = false, onDo }: ActProps) {
  return (
    <Tooltip text={`${said} (${keys})`}>
      <Button look="quiet" aria-disabled={off} onClick={() => !off && onDo()}>
        {label}
      </Button>
    </Tooltip>
  );
}
