import { type ReactNode, useId } from "react";
import "@/ui/form.css";

/** Settings that belong together. */
export function Group({ title, about, children }: { title: string; about?: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className="panel form" aria-labelledby={id}>
      <div>
        <h2 id={id}>{title}</h2>
        {about && <p className="soft">{about}</p>}
      </div>
      {children}
    </section>
  );
}
