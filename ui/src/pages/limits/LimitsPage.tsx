import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { asProblem } from "@/api/problem";
import { useGateway } from "@/app/gateway";
import { useMay, useSession } from "@/session/context";
import { Button } from "@/ui/Button";
import { Check } from "@/ui/Check";
import { Confirm } from "@/ui/Confirm";
import { count } from "@/ui/format";
import { Sentence } from "@/ui/Sentence";
import { EmptyState, ErrorState, Skeleton } from "@/ui/States";
import { Table } from "@/ui/Table";
import { toast } from "@/ui/toasts";
import { useSettled } from "@/ui/useSettled";
import "@/ui/form.css";
import "./limits.css";
import { columns } from "./columns";
import { Filters } from "./Filters";
import { ALL, type Bucket, buckets, reset } from "./queries";
import { amount, counterWords, keyWords, ownerWords } from "./words";

export default function LimitsPage() {
  const { account_id } = useSession();
  const gateway = useGateway();
  const client = useQueryClient();
  const write = useMay("write");
  const [wanted, setWanted] = useState(ALL);
  const settled = useSettled(wanted);
  const [again, setAgain] = useState(true);
  const [leaving, setLeaving] = useState<Bucket>();
  const list = useInfiniteQuery(buckets(account_id, gateway, settled, again));
  const pages = list.data?.pages ?? [];
  const rows = distinct(pages.flatMap((it) => it.result));
  const total = pages[0]?.total ?? rows.length;
  const now = useNow();
  const more = () => {
    if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
  };
  const shown = columns({ gateway, now, onReset: write ? setLeaving : undefined });
  return (
    <>
      <div className="page-head">
        <h1>Limits</h1>
        <div className="head-actions">
          <Check label="Every 10 s" checked={again} onChecked={setAgain} />
          <Button busy={list.isRefetching} onClick={() => list.refetch()}>
            Refresh
          </Button>
        </div>
      </div>
      <Filters wanted={wanted} onWanted={setWanted} />
      {list.isPending && <Skeleton />}
      {list.error && list.data === undefined && (
        <ErrorState error={list.error} retry={() => list.refetch()} />
      )}
      {list.data !== undefined && (
        <p className="soft limits-note" role="status">
          {list.error ? `Not refreshed: ${asProblem(list.error).message}` : note(rows.length, total)}
        </p>
      )}
      {pages[0] && rows.length > 0 && (
        <p className="soft limits-note">
          <Sentence text={counterWords(pages[0].info.counted_by)} />
        </p>
      )}
      {pages[0]?.messages.map((it) => (
        <p key={it.message} className="limits-warning">
          {it.message}
        </p>
      ))}
      {list.data !== undefined && rows.length === 0 && (
        <Nothing wanted={wanted} onAll={() => setWanted(ALL)} />
      )}
      {rows.length > 0 && (
        <Table
          label="Limits in use, the nearest to full first"
          tall
          columns={shown}
          rows={rows}
          rowCount={total}
          id={(it) => it.bucket}
          onEnd={more}
        />
      )}
      <Confirm
        open={leaving !== undefined}
        title={leaving ? `Reset ${keyWords(leaving.key)} at ${ownerWords(leaving.owner)}` : ""}
        action="Reset it"
        onClose={() => setLeaving(undefined)}
        run={async () => {
          if (leaving === undefined) return;
          const before = await reset(account_id, gateway, leaving.bucket);
          toast(`${keyWords(before.key)} begins anew: ${amount(before, before.settled)} forgotten`);
          await client.invalidateQueries({ queryKey: ["limits", account_id, gateway] });
        }}
      >
        {leaving && <Consequences it={leaving} />}
      </Confirm>
    </>
  );
}

function Consequences({ it }: { it: Bucket }) {
  return (
    <>
      <p>
        What was counted here, {amount(it, it.settled)} of {amount(it, it.limit)} when this was last read, is
        forgotten at once, and nothing brings it back.
      </p>
      <p>{underWay(it)}</p>
      <p className="soft">The audit log says who did it, and what there was.</p>
    </>
  );
}

function underWay(it: Bucket): string {
  if (it.unit === "requests" && it.held === 0) {
    return "Requests under way were counted when they came, and are forgotten too.";
  }
  if (it.held === 0)
    return "What calls under way hold stays held, and what they cost is charged when they end.";
  const held = amount(it, it.held);
  return `The ${held} that calls under way hold stay held, and what they cost is charged when they end.`;
}

function Nothing({ wanted, onAll }: { wanted: typeof ALL; onAll: () => void }) {
  if (wanted !== ALL) {
    return (
      <EmptyState title="No limit in use fits" action={<Button onClick={onAll}>Show all of them</Button>} />
    );
  }
  return (
    <EmptyState title="No limit is in use">
      Limits show here once requests count in them. They are made by limit elements of routes, in the settings
      of the gateway, and at provider keys.
    </EmptyState>
  );
}

function note(shown: number, total: number): string {
  const all = `${count(total)} in use`;
  return shown < total
    ? `${all}, the nearest ${count(shown)} to full are loaded`
    : `${all}, the nearest to full first`;
}

/** Between two pages that were asked for one after the other a bucket may have moved from one to the other. */
function distinct(rows: readonly Bucket[]): readonly Bucket[] {
  return [...new Map(rows.map((it) => [it.bucket, it])).values()];
}

function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
