import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { asProblem } from "@/api/problem";
import { Button } from "@/ui/Button";
import { count } from "@/ui/format";
import { ErrorState } from "@/ui/States";
import { toast } from "@/ui/toasts";
import { type Filter, words } from "./filters";
import { howMany, remove } from "./queries";

type Props = {
  account: string;
  gateway: string;
  /** With an end in time, so that what comes while one decides stays. `undefined`: the list cannot be said as a deletion. */
  filters: readonly Filter[] | undefined;
  onClose: () => void;
};

/** Says how many will go, and deletes them, 10 000 at a time. */
export function DeleteLogs({ account, gateway, filters, onClose }: Props) {
  if (filters === undefined) {
    return (
      <>
        <p>
          Logs are deleted by filters only. Take the search text out of the list, then what you see is what
          would be deleted.
        </p>
        <div className="log-dialog-end">
          <Button onClick={onClose}>Close</Button>
        </div>
      </>
    );
  }
  return <Confirm account={account} gateway={gateway} filters={filters} onClose={onClose} />;
}

function Confirm({ account, gateway, filters, onClose }: Props & { filters: readonly Filter[] }) {
  const client = useQueryClient();
  const number = useQuery({
    queryKey: ["logs", account, gateway, "count", filters],
    queryFn: () => howMany(account, gateway, filters),
  });
  const [gone, setGone] = useState<number>();
  const [failure, setFailure] = useState<string>();
  const stop = useRef(new AbortController());
  useEffect(() => {
    // A dialog that is closed stops after the part that is under way; what is gone is gone.
    const { current } = stop;
    return () => current.abort();
  }, []);

  const run = async () => {
    let sum = 0;
    setGone(0);
    setFailure(undefined);
    try {
      for (;;) {
        const deleted = await remove(account, gateway, filters, stop.current.signal);
        sum += deleted;
        setGone(sum);
        if (deleted === 0) break;
      }
      toast(`${count(sum)} logs deleted`);
      onClose();
    } catch (thrown) {
      if (!stop.current.signal.aborted) setFailure(asProblem(thrown).message);
      setGone(undefined);
    } finally {
      void client.resetQueries({ queryKey: ["logs", account, gateway] });
    }
  };

  if (number.error) return <ErrorState error={number.error} retry={() => number.refetch()} />;
  const many = number.data;
  return (
    <>
      <ul className="log-delete-what">
        {filters.map((it) => (
          <li key={JSON.stringify(it)}>{words(it)}</li>
        ))}
      </ul>
      <p aria-live="polite">
        {many === undefined && "Counting…"}
        {many === 0 && "No log fits."}
        {many !== undefined && many > 0 && gone === undefined && (
          <>
            <strong>{count(many)}</strong> {many === 1 ? "log" : "logs"} of this gateway will be deleted, with
            their requests and answers. This cannot be undone. Analytics keep counting them.
          </>
        )}
        {gone !== undefined && many !== undefined && `Deleted ${count(gone)} of ${count(many)}…`}
      </p>
      {gone !== undefined && many !== undefined && <progress value={gone} max={many} aria-label="Deleted" />}
      {failure && (
        <p className="field-bad" role="alert">
          {failure}
        </p>
      )}
      <div className="log-dialog-end">
        <Button onClick={onClose}>{gone === undefined ? "Cancel" : "Stop"}</Button>
        {many !== undefined && many > 0 && (
          <Button look="danger" busy={gone !== undefined} onClick={run}>
            Delete {count(many)} {many === 1 ? "log" : "logs"}
          </Button>
        )}
      </div>
    </>
  );
}
