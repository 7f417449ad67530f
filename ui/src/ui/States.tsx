/** What stands in the place of content: it loads, there is none, or it could not be had. */
import type { ReactNode } from "react";
import { asProblem } from "@/api/problem";
import { Button } from "./Button";
import "./states.css";

export function Skeleton({ rows = 6 }: { rows?: number }) {
  return (
    <div className="skeleton" role="status">
      <span className="hidden">Loading</span>
      {Array.from({ length: rows }, (_, i) => `row-${i}`).map((key) => (
        <div key={key} />
      ))}
    </div>
  );
}

type Empty = { title: string; children?: ReactNode; action?: ReactNode };

export function EmptyState({ title, children, action }: Empty) {
  return (
    <section className="state">
      <h2>{title}</h2>
      {children && <p className="soft">{children}</p>}
      {action}
    </section>
  );
}

export function ErrorState({ error, retry }: { error: unknown; retry?: () => void }) {
  const problem = asProblem(error);
  return (
    <section className="state" role="alert">
      <h2>{problem.kind === "network" ? "No connection" : "This could not be loaded"}</h2>
      {problem.besides([]).map((it) => (
        <p key={it}>{it}</p>
      ))}
      {problem.code !== undefined && <p className="soft number">Code {problem.code}</p>}
      {retry && <Button onClick={retry}>Try again</Button>}
    </section>
  );
}
