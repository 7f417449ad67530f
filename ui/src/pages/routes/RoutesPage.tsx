import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useGateway } from "@/app/gateway";
import { Allowed, useSession } from "@/session/context";
import { Button } from "@/ui/Button";
import { EmptyState, ErrorState, Skeleton } from "@/ui/States";
import { Table } from "@/ui/Table";
import { columns } from "./columns";
import { routes, traffic } from "./queries";
import "./routes.css";

// Asked for when it is opened: a look at the list needs none of it.
const CreateDialog = lazy(() => import("./CreateDialog"));

/** The example of a page: its queries, its columns and this, which says what is shown when. */
export default function RoutesPage() {
  const { account_id } = useSession();
  const gateway = useGateway();
  const list = useQuery(routes(account_id, gateway));
  const sums = useQuery(traffic(account_id, gateway));
  const [creating, setCreating] = useState(false);
  const create = (
    <Allowed to="write">
      <Button look="primary" onClick={() => setCreating(true)}>
        New route
      </Button>
    </Allowed>
  );
  return (
    <>
      <div className="page-head">
        <h1>Routes</h1>
        <span className="soft">Traffic of the last 24 hours</span>
        <span className="routes-new">{create}</span>
      </div>
      {creating && (
        <Suspense>
          <CreateDialog gateway={gateway} open onClose={() => setCreating(false)} />
        </Suspense>
      )}
      {list.isPending && <Skeleton />}
      {list.error && <ErrorState error={list.error} retry={() => list.refetch()} />}
      {list.data?.length === 0 && (
        <EmptyState title="No routes yet" action={create}>
          A route decides for each request which model answers. Clients call it as dynamic/name.
        </EmptyState>
      )}
      {list.data !== undefined && list.data.length > 0 && (
        <Table
          label="Routes"
          columns={columns(gateway, sums.data, sums.isError)}
          rows={list.data}
          id={(it) => it.id}
        />
      )}
    </>
  );
}
