import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useGateway } from "@/app/gateway";
import { Allowed, useSession } from "@/session/context";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { EmptyState, ErrorState, Skeleton } from "@/ui/States";
import { type Column, Table } from "@/ui/Table";
import { toast } from "@/ui/toasts";
import { RelativeTime } from "@/ui/Values";
import { ProviderForm } from "./ProviderForm";
import { type Custom, create, customProviders } from "./queries";

export default function CustomProvidersPage() {
  const { account_id } = useSession();
  const gateway = useGateway();
  const client = useQueryClient();
  const navigate = useNavigate();
  const list = useQuery(customProviders(account_id));
  const [making, setMaking] = useState(false);
  return (
    <>
      <div className="page-head">
        <h1>Custom providers</h1>
        <Allowed to="admin">
          <Button look="primary" onClick={() => setMaking(true)}>
            New provider
          </Button>
        </Allowed>
      </div>
      {list.isPending && <Skeleton />}
      {list.error && <ErrorState error={list.error} retry={() => list.refetch()} />}
      {list.data?.length === 0 && (
        <EmptyState title="No custom providers yet">
          Any server that speaks a format we know: your own models, or a provider that is not in the table.
          All gateways may call it.
        </EmptyState>
      )}
      {list.data !== undefined && list.data.length > 0 && (
        <Table label="Custom providers" columns={columns(gateway)} rows={list.data} id={(it) => it.id} />
      )}
      <Dialog open={making} title="New custom provider" onClose={() => setMaking(false)}>
        <ProviderForm
          label="New custom provider"
          submit="Make the provider"
          send={(changes) => create(account_id, changes)}
          onCancel={() => setMaking(false)}
          onDone={(it: Custom) => {
            setMaking(false);
            toast(`${it.name} can be called as custom-${it.slug}`);
            void client.invalidateQueries({ queryKey: ["custom-providers", account_id] });
            void navigate({ to: "/g/$gateway/custom-providers/$id", params: { gateway, id: it.id } });
          }}
        />
      </Dialog>
    </>
  );
}

function columns(gateway: string): readonly Column<Custom>[] {
  return [
    {
      key: "name",
      title: "Name",
      cell: (it) => (
        <Link to="/g/$gateway/custom-providers/$id" params={{ gateway, id: it.id }}>
          <strong>{it.name}</strong>
        </Link>
      ),
    },
    { key: "slug", title: "In routes", minor: true, cell: (it) => <code>custom-{it.slug}</code> },
    { key: "dialect", title: "Speaks", cell: (it) => it.dialect },
    { key: "url", title: "Base URL", minor: true, cell: (it) => <code>{it.base_url}</code> },
    {
      key: "state",
      title: "State",
      cell: (it) => (it.enable ? <Badge tone="good">Enabled</Badge> : <Badge>Off</Badge>),
    },
    { key: "changed", title: "Changed", minor: true, cell: (it) => <RelativeTime time={it.modified_at} /> },
  ];
}
