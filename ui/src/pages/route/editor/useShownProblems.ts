import { useMemo } from "react";
import { find } from "@/graph/document";
import { type GraphProblem, type Problems, withMore } from "@/graph/problems";
import { useDraft } from "../draft/context";
import { same, type Unread } from "../draft/unread";

/** The code of what was typed and is not in the graph: the server has never seen it. */
const UNREAD = "unread";

/** What the server says of the graph, and what was typed that is not in it. */
export function useShownProblems(): Problems {
  const { problems, unread, document } = useDraft((it) => it);
  return useMemo(() => {
    // Of an element that is gone nothing is said: undoing that brings it back.
    const here = unread.filter((it) => find(document, it.element) !== undefined);
    return here.length === 0 ? problems : withMore(problems, here.map(problemOf));
  }, [problems, unread, document]);
}

function problemOf(it: Unread): GraphProblem {
  return {
    code: UNREAD,
    severity: "error",
    message: `What was typed into “${it.field.at(-1) ?? ""}” is not in the graph. ${it.said}`,
    element: it.element,
    output: undefined,
    path: it.field,
  };
}

/** The text that a problem is about, when it is one that was typed and not taken. */
export function unreadOf(all: readonly Unread[], problem: GraphProblem): Unread | undefined {
  if (problem.code !== UNREAD) return undefined;
  return all.find((it) => it.element === problem.element && same(it.field, problem.path.map(String)));
}
