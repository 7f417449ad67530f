import { properties } from "@/graph/document";
import { kindOf, SHAPES } from "@/graph/kinds";
import type { InspectorProps } from "./props";

/** What an element says, and what is wrong with it. */
export default function Inspector({ element, problems }: InspectorProps) {
  const kind = kindOf(element.type);
  return (
    <section aria-label={`Element ${element.id}`}>
      <h2>{element.id}</h2>
      <p className="soft">{kind === undefined ? element.type : SHAPES[kind].hint}</p>
      {problems.map((it) => (
        <p key={`${it.code} ${it.path.join("/")}`}>{it.message}</p>
      ))}
      <pre>{JSON.stringify(properties(element), null, 2)}</pre>
    </section>
  );
}
