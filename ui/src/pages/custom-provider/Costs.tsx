import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useMay } from "@/session/context";
import { actionColumn } from "@/ui/actions";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Confirm";
import { Dialog } from "@/ui/Dialog";
import { EmptyState, ErrorState, Skeleton } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { toast } from "@/ui/toasts";
import { CostForm } from "./CostForm";
import { RULES, shownCost } from "./cost";
import { type Cost, costs, removeCost } from "./queries";

export function Costs({ account, provider }: { account: string; provider: string }) {
  const client = useQueryClient();
  const admin = useMay("admin");
  const list = useQuery(costs(account, provider));
  const [editing, setEditing] = useState<Cost | "new">();
  const [leaving, setLeaving] = useState<Cost>();
  const renew = () => client.invalidateQueries({ queryKey: ["custom-costs", account, provider] });
  return (
    <section aria-labelledby="costs">
      <div className="panel-head">
        <h2 id="costs">What its models cost</h2>
        {admin && <Button onClick={() => setEditing("new")}>Add a cost</Button>}
        <p className="soft">In dollars a million tokens.</p>
      </div>
      {list.isPending && <Skeleton rows={2} />}
      {list.error && <ErrorState error={list.error} retry={() => list.refetch()} />}
      {list.data?.length === 0 && (
        <EmptyState title="No costs">
          A model without a known price costs null in the logs, and limits of cost do not let it be called
          unless they say so.
        </EmptyState>
      )}
      {list.data !== undefined && list.data.length > 0 && (
        <Table
          label="Costs"
          columns={columns(admin ? { onEdit: setEditing, onDelete: setLeaving } : {})}
          rows={list.data}
          id={(it) => it.id}
        />
      )}
      <Dialog
        open={editing !== undefined}
        title={editing === "new" ? "Add a cost" : "Change the cost"}
        onClose={() => setEditing(undefined)}
      >
        {editing !== undefined && (
          <CostForm
            account={account}
            provider={provider}
            found={editing === "new" ? undefined : editing}
            onCancel={() => setEditing(undefined)}
            onDone={(it) => {
              setEditing(undefined);
              toast(`The cost of ${it.model} is saved`);
              void renew();
            }}
          />
        )}
      </Dialog>
      <Confirm
        open={leaving !== undefined}
        title={`Delete the cost of ${leaving?.model ?? ""}`}
        action="Delete the cost"
        onClose={() => setLeaving(undefined)}
        run={async () => {
          if (leaving === undefined) return;
          await removeCost(account, leaving.id);
          toast(`The cost of ${leaving.model} is deleted`);
          await renew();
        }}
      >
        Later calls are charged by whatever else knows a price. What was charged stays as it was.
      </Confirm>
    </section>
  );
}

type Actions = { readonly onEdit?: (it: Cost) => void; readonly onDelete?: (it: Cost) => void };

function columns({ onEdit, onDelete }: Actions): readonly Column<Cost>[] {
  return [
    {
      key: "model",
      title: "Model",
      cell: (it) => (
        <>
          <span className="soft">{RULES.find((rule) => rule.value === it.model_rule)?.short}</span>{" "}
          <strong>{it.model}</strong>
        </>
      ),
    },
    { key: "in", title: "Input", align: "end", cell: (it) => shownCost(it.cost_in) },
    { key: "out", title: "Output", align: "end", cell: (it) => shownCost(it.cost_out) },
    {
      key: "more",
      title: "By kind",
      minor: true,
      cell: (it) => (it.token_pricing ? <Badge>by kind of token</Badge> : "–"),
    },
    {
      key: "state",
      title: "State",
      minor: true,
      cell: (it) => (it.enable ? <Badge tone="good">In force</Badge> : <Badge>Off</Badge>),
    },
    ...actionColumn<Cost>(
      { label: "Change", name: (it) => `Change the cost of ${it.model}`, onDo: onEdit },
      { label: "Delete", name: (it) => `Delete the cost of ${it.model}`, onDo: onDelete },
    ),
  ];
}
