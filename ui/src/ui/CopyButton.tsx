import { useState } from "react";
import { Button } from "./Button";
import { toast } from "./toasts";

/** `what` names it for those who do not see it: "Copy the route's id". */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
      setTimeout(() => setDone(false), 1500);
    } catch {
      toast("The browser does not allow copying here: select the text instead.", "bad");
    }
  };
  return (
    <Button look="quiet" aria-label={what} onClick={copy}>
      {done ? "Copied" : "Copy"}
    </Button>
  );
}
