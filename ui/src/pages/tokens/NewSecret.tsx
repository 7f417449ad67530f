import { useEffect, useRef } from "react";
import { Button } from "@/ui/Button";
import { CopyButton } from "@/ui/CopyButton";
import "@/ui/form.css";
import type { Created } from "./queries";

/** The secret of a token just made. It is in the page only, and not in a dialog, which Escape would close. */
export function NewSecret({ made, onDone }: { made: Created; onDone: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className="panel" aria-label="The new token's secret">
      <h2 ref={heading} tabIndex={-1}>
        The secret of {made.name}
      </h2>
      <p className="soft">
        It is shown this once: only its hash is kept. Copy it to where it is used before you leave this page.
      </p>
      <div className="secret">
        <code>{made.value}</code>
        <CopyButton text={made.value} what="Copy the secret" />
      </div>
      <Button onClick={onDone}>I have copied it</Button>
    </section>
  );
}
