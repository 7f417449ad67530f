import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem } from "@/api/problem";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { toast } from "@/ui/toasts";
import { forget, keptBelow } from "./kept";
import { logout, type Session } from "./session";
import "@/ui/form.css";

/** Ends the session; asks first what becomes of work that is kept in this browser and nowhere else. */
export function useLogout(session: Session) {
  const client = useQueryClient();
  const [kept, setKept] = useState<readonly string[]>([]);
  const leave = async () => {
    try {
      await logout();
      client.clear();
      window.location.assign("/");
    } catch (thrown) {
      toast(asProblem(thrown).message, "bad");
    }
  };
  const ask = () => {
    const found = keptBelow(session.account_id, session.token.id).map((it) => it.name);
    if (found.length === 0) return void leave();
    setKept(found);
  };
  const dialog = (
    <Dialog open={kept.length > 0} title="Unsaved work is kept in this browser" onClose={() => setKept([])}>
      <p>
        {kept.length === 1 ? "Work on a route" : `Work on routes, ${kept.length} times,`} that is not on the
        server is kept here for this token. Whoever uses this browser could read it.
      </p>
      <div className="form-end">
        <Button look="primary" onClick={leave}>
          Keep it, and log out
        </Button>
        <Button
          look="danger"
          onClick={() => {
            forget(...kept);
            void leave();
          }}
        >
          Forget it, and log out
        </Button>
        <Button onClick={() => setKept([])}>Stay</Button>
      </div>
    </Dialog>
  );
  return { ask, dialog };
}
