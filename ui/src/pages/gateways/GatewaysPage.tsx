import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { gateways } from "@/api/queries";
import { useGateway } from "@/app/gateway";
import { Allowed, useMay, useSession } from "@/session/context";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Confirm";
import { Dialog } from "@/ui/Dialog";
import { EmptyState, ErrorState, Skeleton } from "@/ui/States";
import { Table } from "@/ui/Table";
import { toast } from "@/ui/toasts";
import { columns } from "./columns";
import { NewGateway } from "./NewGateway";
import { type Gateway, remove } from "./queries";

export default function GatewaysPage() {
  const { account_id } = useSession();
  const here = useGateway();
  const client = useQueryClient();
  const navigate = useNavigate();
  const write = useMay("write");
  const list = useQuery(gateways(account_id));
  const [making, setMaking] = useState(false);
  const [leaving, setLeaving] = useState<Gateway>();
  const renew = () => client.invalidateQueries({ queryKey: ["gateways", account_id] });
  return (
    <>
      <div className="page-head">
        <h1>Gateways</h1>
        <Allowed to="admin">
          <Button look="primary" onClick={() => setMaking(true)}>
            New gateway
          </Button>
        </Allowed>
      </div>
      {list.isPending && <Skeleton />}
      {list.error && <ErrorState error={list.error} retry={() => list.refetch()} />}
      {list.data?.length === 0 && (
        <EmptyState title="No gateway that you may see">
          A gateway holds routes, keys and settings. Ask an administrator for a token of one.
        </EmptyState>
      )}
      {list.data !== undefined && list.data.length > 0 && (
        <Table
          label="Gateways"
          columns={columns(write ? setLeaving : undefined)}
          rows={list.data}
          id={(it) => it.id}
        />
      )}
      <Dialog open={making} title="New gateway" onClose={() => setMaking(false)}>
        <NewGateway
          account={account_id}
          onCancel={() => setMaking(false)}
          onMade={(it) => {
            setMaking(false);
            toast(`Gateway ${it.id} is there`);
            void renew();
            void navigate({ to: "/g/$gateway/settings", params: { gateway: it.id } });
          }}
        />
      </Dialog>
      <Confirm
        open={leaving !== undefined}
        title={`Delete gateway ${leaving?.id ?? ""}`}
        action="Delete the gateway"
        word={leaving?.id ?? ""}
        force="Delete it all the same"
        onClose={() => setLeaving(undefined)}
        run={async (forced) => {
          if (leaving === undefined) return;
          await remove(account_id, leaving.id, forced);
          toast(`Gateway ${leaving.id} is deleted`);
          await renew();
          if (leaving.id === here) await navigate({ to: "/" });
        }}
      >
        With it go its routes, provider keys, prices and logs. This cannot be undone.
      </Confirm>
    </>
  );
}
