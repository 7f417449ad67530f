import { Fragment } from "react";

/** A sentence in which names stand in backticks: they are set as code. */
export function Sentence({ text }: { text: string }) {
  return text.split("`").map((part, i) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text, in their order
    i % 2 === 0 ? <Fragment key={i}>{part}</Fragment> : <code key={i}>{part}</code>,
  );
}
