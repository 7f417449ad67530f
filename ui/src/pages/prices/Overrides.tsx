import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { perMillion } from "@/api/millions";
import { actionColumn } from "@/ui/actions";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Confirm";
import { Dialog } from "@/ui/Dialog";
import { EmptyState, ErrorState, Skeleton } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { toast } from "@/ui/toasts";
import { RelativeTime } from "@/ui/Values";
import "@/ui/form.css";
import { PriceForm } from "./PriceForm";
import { CLASSES } from "./price";
import { type Owner, type Price, prices, remove } from "./queries";

type Props = { account: string; owner: Owner; mayWrite: boolean; providers: readonly string[] };

/** The overrides of a gateway, or of the account. */
export function Overrides({ account, owner, mayWrite, providers }: Props) {
  const client = useQueryClient();
  const list = useQuery(prices(account, owner));
  const [editing, setEditing] = useState<Price | "new">();
  const [leaving, setLeaving] = useState<Price>();
  const renew = () => client.invalidateQueries({ queryKey: ["prices", account] });
  return (
    <>
      <div className="panel-head">
        <span className="soft">Dollars a million tokens</span>
        {mayWrite && <Button onClick={() => setEditing("new")}>Set a price</Button>}
      </div>
      {list.isPending && <Skeleton />}
      {list.error && <ErrorState error={list.error} retry={() => list.refetch()} />}
      {list.data?.length === 0 && (
        <EmptyState title="No prices of your own">
          {owner === undefined
            ? "A price that is set here holds in every gateway that has none of its own. Without one the catalogue says what a model costs."
            : `A price that is set here holds in ${owner} only. Without one that of all gateways holds, and without that the catalogue's.`}
        </EmptyState>
      )}
      {list.data !== undefined && list.data.length > 0 && (
        <Table
          label="Prices"
          columns={columns(mayWrite ? { onEdit: setEditing, onDelete: setLeaving } : {})}
          rows={list.data}
          id={(it) => `${it.provider}/${it.model}`}
        />
      )}
      <Dialog
        open={editing !== undefined}
        title={
          editing === "new" || !editing ? "Set a price" : `Price of ${editing.provider}/${editing.model}`
        }
        onClose={() => setEditing(undefined)}
      >
        {editing !== undefined && (
          <PriceForm
            account={account}
            owner={owner}
            found={editing === "new" ? undefined : editing}
            providers={providers}
            onCancel={() => setEditing(undefined)}
            onDone={(it) => {
              setEditing(undefined);
              toast(`The price of ${it.provider}/${it.model} is set`);
              void renew();
            }}
          />
        )}
      </Dialog>
      <Confirm
        open={leaving !== undefined}
        title={leaving ? `Take back the price of ${leaving.provider}/${leaving.model}` : ""}
        action="Take it back"
        onClose={() => setLeaving(undefined)}
        run={async () => {
          if (leaving === undefined) return;
          await remove(account, owner, leaving);
          toast(`The price of ${leaving.provider}/${leaving.model} is taken back`);
          await renew();
        }}
      >
        Later requests are charged by whoever is next to know a price. What was charged stays as it was, and
        the history keeps this price.
      </Confirm>
    </>
  );
}

type Actions = { readonly onEdit?: (it: Price) => void; readonly onDelete?: (it: Price) => void };

function columns({ onEdit, onDelete }: Actions): readonly Column<Price>[] {
  return [
    {
      key: "model",
      title: "Model",
      cell: (it) => (
        <>
          <span className="soft">{it.provider}/</span>
          <strong>{it.model}</strong>
        </>
      ),
    },
    { key: "input", title: "Input", align: "end", cell: (it) => perMillion(it.input) },
    { key: "output", title: "Output", align: "end", cell: (it) => perMillion(it.output) },
    { key: "others", title: "Priced apart", minor: true, cell: apart },
    { key: "since", title: "Since", minor: true, cell: (it) => <RelativeTime time={it.effective_from} /> },
    ...actionColumn<Price>(
      { label: "Change", name: (it) => `Change the price of ${it.model}`, onDo: onEdit },
      { label: "Take back", name: (it) => `Take back the price of ${it.model}`, onDo: onDelete },
    ),
  ];
}

function apart(it: Price) {
  const found = CLASSES.filter(({ key, like }) => it[key] !== it[like]);
  if (found.length === 0) return "–";
  return (
    <span title={found.map(({ key, label }) => `${label}: ${perMillion(it[key])}`).join("\n")}>
      {found.map(({ label }) => label).join("; ")}
    </span>
  );
}
