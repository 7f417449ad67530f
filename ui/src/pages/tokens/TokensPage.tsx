import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Allowed, useSession } from "@/session/context";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Confirm";
import { Dialog } from "@/ui/Dialog";
import { EmptyState, ErrorState, Skeleton } from "@/ui/States";
import { Table } from "@/ui/Table";
import { toast } from "@/ui/toasts";
import { columns } from "./columns";
import { NewSecret } from "./NewSecret";
import { type Created, revoke, type Token, tokens } from "./queries";
import { TokenForm } from "./TokenForm";

export default function TokensPage() {
  const { account_id, token } = useSession();
  const client = useQueryClient();
  const list = useQuery(tokens(account_id));
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<Created>();
  const [leaving, setLeaving] = useState<Token>();
  const renew = () => client.invalidateQueries({ queryKey: ["tokens", account_id] });
  return (
    <>
      <div className="page-head">
        <h1>Tokens</h1>
        <Allowed to="admin">
          <Button look="primary" onClick={() => setMaking(true)}>
            New token
          </Button>
        </Allowed>
      </div>
      {made && <NewSecret key={made.id} made={made} onDone={() => setMade(undefined)} />}
      {list.isPending && <Skeleton />}
      {list.error && <ErrorState error={list.error} retry={() => list.refetch()} />}
      {list.data?.length === 0 && (
        <EmptyState title="No tokens yet">
          Programs that call a gateway need one, and so does everybody who is to see this application. The
          administrator's own is in the server's configuration.
        </EmptyState>
      )}
      {list.data !== undefined && list.data.length > 0 && (
        <Table label="Tokens" columns={columns(token.id, setLeaving)} rows={list.data} id={(it) => it.id} />
      )}
      <Dialog open={making} title="New token" onClose={() => setMaking(false)}>
        <TokenForm
          account={account_id}
          onCancel={() => setMaking(false)}
          onMade={(it) => {
            setMaking(false);
            setMade(it);
            void renew();
          }}
        />
      </Dialog>
      <Confirm
        open={leaving !== undefined}
        title={`Revoke ${leaving?.name ?? ""}`}
        action="Revoke"
        onClose={() => setLeaving(undefined)}
        run={async () => {
          if (leaving === undefined) return;
          await revoke(account_id, leaving.id);
          toast(`${leaving.name} is revoked`);
          await renew();
        }}
      >
        Whatever uses this token is refused at once, and web sessions begun with it end. This cannot be
        undone.
      </Confirm>
    </>
  );
}
