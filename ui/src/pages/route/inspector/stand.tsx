/** A form with a document of its own, for tests. */
import { useState } from "react";
import { type Doc, find, type Key } from "@/graph/document";
import { place } from "@/graph/problems";
import type { Catalogue } from "../catalogue";
import type { Unread } from "../draft/unread";
import Inspector from "./Inspector";

const catalogue: Catalogue = {
  providers: [
    { slug: "echo", note: "needs no key" },
    { slug: "openai", note: "1 key here" },
  ],
  models: [{ provider: "openai", model: "gpt-5", input: 1.25, output: 10, context: 400_000 }],
  keys: ["tier"],
};
export const lead = (elementId: string) => ({ elementId });
export const doc: Doc = [
  { id: "in", type: "start", outputs: { next: lead("plan") } },
  {
    id: "plan",
    type: "conditional",
    properties: { conditions: { "metadata.plan": { $eq: "paid" } }, later: 1 },
    outputs: { true: lead("split"), false: lead("out") },
  },
  { id: "split", type: "percentage", outputs: { "60%": lead("m"), "30%": lead("out") } },
  {
    id: "cap",
    type: "rate_limit",
    properties: { limitType: "count", limit: 10, interval: 60, key: "" },
    outputs: {},
  },
  {
    id: "m",
    type: "model",
    properties: { provider: "openai", model: "gpt-5" },
    outputs: { success: lead("out") },
  },
  { id: "out", type: "end" },
];

/** The document as the form has made it. */
export const made: { now: Doc } = { now: doc };

export function Stand({
  id,
  readOnly = false,
  entries = [],
  document: given = doc,
}: {
  id: Key;
  readOnly?: boolean;
  entries?: Parameters<typeof place>[1];
  document?: Doc;
}) {
  const [document, setDocument] = useState(given);
  const [key, setKey] = useState(id);
  const [unread, setUnread] = useState<readonly Unread[]>([]);
  made.now = document;
  const element = find(document, key);
  if (element === undefined) return null;
  return (
    <Inspector
      id={key}
      element={element}
      document={document}
      edit={(_, change) => {
        const next = change(document, key);
        const at = document.findIndex((it) => it.id === key);
        setDocument(next);
        setKey(next[at]?.id ?? key);
      }}
      problems={place(document, entries).byElement.get(key) ?? []}
      catalogue={catalogue}
      readOnly={readOnly}
      unread={unread}
      onUnread={setUnread}
    />
  );
}
