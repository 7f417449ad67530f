import { find, keyed, outputs } from "@/graph/document";
import { KINDS, type Kind, kindOf, SHAPES } from "@/graph/kinds";
import { elementWords } from "@/graph/words";
import { Pick, type Pickable } from "@/ui/Pick";
import { useDraft } from "../draft/context";
import type { From } from "./commands";

/** What is asked for: an element to add behind an output, or where an output is to lead. */
export type Asked = { readonly what: "add" | "go"; readonly from: From | undefined } | undefined;

type Props = {
  asked: Asked;
  onClose: () => void;
  onAdd: (kind: Kind, from: From | undefined) => void;
  onLead: (from: From, to: string | undefined) => void;
};

const NEW = "new:";
const TO = "to:";

export function Picks({ asked, onClose, onAdd, onLead }: Props) {
  const document = useDraft((it) => it.document);
  const from = asked?.from;
  const kinds = KINDS.filter((it) => it !== "start" || !document.some((one) => one.type === "start"));
  const fresh: Pickable[] = kinds.map((it) => ({
    value: NEW + it,
    label: asked?.what === "go" ? `New ${SHAPES[it].title.toLowerCase()}` : SHAPES[it].title,
    note: SHAPES[it].hint,
  }));
  const source = from && find(document, from.source);
  const now = from && source && new Map(outputs(source)).get(from.output);
  const there: Pickable[] = keyed(document)
    .filter(([key, it]) => key === it.id && key !== from?.source && it.type !== "start")
    .map(([, it]) => ({ value: TO + it.id, label: it.id, note: described(it, it.id === now) }));
  const nowhere = now === undefined ? [] : [{ value: TO, label: "Nowhere", note: "takes the way away" }];
  const choose = (value: string) => {
    const kind = kindOf(value.slice(NEW.length));
    if (value.startsWith(NEW) && kind !== undefined) onAdd(kind, from);
    else if (from) onLead(from, value === TO ? undefined : value.slice(TO.length));
  };
  const named = source && from ? `“${from.output}” of ${source.id}` : "";
  return asked?.what === "go" ? (
    <Pick
      open
      title={`Lead ${named} to…`}
      placeholder="An element"
      choices={[...there, ...nowhere, ...fresh]}
      onPick={choose}
      onClose={onClose}
    />
  ) : (
    <Pick
      open={asked !== undefined}
      title={named === "" ? "Add an element" : `Add behind ${named}`}
      placeholder="A kind of element"
      choices={fresh}
      onPick={choose}
      onClose={onClose}
    />
  );
}

function described(it: Parameters<typeof elementWords>[0], current: boolean): string {
  return current ? `${elementWords(it)} (now)` : elementWords(it);
}
