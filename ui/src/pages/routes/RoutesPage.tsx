import { useQuery } from "@tanstack/react-query";
import { useGateway } from "@/app/gateway";
import { useSession } from "@/session/context";
import { EmptyState, ErrorState, Skeleton } from "@/ui/States";
import { Table } from "@/ui/Table";
import { columns } from "./columns";
import { routes, traffic } from "./queries";

/** The example of a page: its queries, its columns and this, which says what is shown when. */
export default function RoutesPage() {
  const { account_id } = useSession();
  const gateway = useGateway();
  const list = useQuery(routes(account_id, gateway));
  const sums = useQuery(traffic(account_id, gateway));
  return (
    <>
      <div className="page-head">
        <h1>Routes</h1>
        <span className="soft">Traffic of the last 24 hours</span>
      </div>
      {list.isPending && <Skeleton />}
      {list.error && <ErrorState error={list.error} retry={() => list.refetch()} />}
      {list.data?.length === 0 && (
        <EmptyState title="No routes yet">
          A route decides for each request which model answers. Clients call it as dynamic/name.
        </EmptyState>
      )}
      {list.data !== undefined && list.data.length > 0 && (
        <Table
          label="Routes"
          columns={columns(sums.data, sums.isError)}
          rows={list.data}
          id={(it) => it.id}
        />
      )}
    </>
  );
}
