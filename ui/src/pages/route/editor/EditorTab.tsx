import { Canvas } from "@/canvas/Canvas";
import { useRoute } from "../context";
import { useDraft, useDraftStore } from "../draft/context";
import "./editor.css";

export default function EditorTab() {
  const store = useDraftStore();
  const { route } = useRoute();
  const { document, problems, selection, readOnly } = useDraft((it) => it);
  return (
    <div className="editor">
      <Canvas
        label={`Route ${route.name}`}
        document={document}
        problems={problems}
        selection={selection}
        readOnly={readOnly}
        onSelect={(it) => store.dispatch({ type: "select", selection: it })}
      />
    </div>
  );
}
