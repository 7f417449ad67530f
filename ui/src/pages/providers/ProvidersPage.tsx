import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useGateway } from "@/app/gateway";
import { useMay, useSession } from "@/session/context";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Confirm";
import { Dialog } from "@/ui/Dialog";
import { EmptyState, ErrorState, Skeleton } from "@/ui/States";
import { Table } from "@/ui/Table";
import { TextField } from "@/ui/TextField";
import { toast } from "@/ui/toasts";
import "./providers.css";
import { AddKey } from "./AddKey";
import { ChangeKey } from "./ChangeKey";
import { keyColumns, providerColumns, type Row } from "./columns";
import { customProviders, type Key, keys, offered, remove } from "./queries";
import { rows } from "./rows";

export default function ProvidersPage() {
  const { account_id } = useSession();
  const gateway = useGateway();
  const client = useQueryClient();
  const write = useMay("write");
  const list = useQuery(keys(account_id, gateway));
  const custom = useQuery(customProviders(account_id));
  const known = useQuery(offered(account_id, gateway));
  const [adding, setAdding] = useState<string>();
  const [changing, setChanging] = useState<Key>();
  const [leaving, setLeaving] = useState<Key>();
  const [text, setText] = useState("");
  const renew = () => client.invalidateQueries({ queryKey: ["keys", account_id, gateway] });
  const providers = rows(list.data ?? [], custom.data ?? [], known.data ?? []);
  const shown = providers.filter((it) => it.slug.includes(text.trim().toLowerCase()));
  return (
    <>
      <div className="page-head">
        <h1>Providers and keys</h1>
        {write && (
          <Button look="primary" onClick={() => setAdding("")}>
            Add a key
          </Button>
        )}
      </div>
      {list.isPending && <Skeleton />}
      {list.error && <ErrorState error={list.error} retry={() => list.refetch()} />}
      {list.data?.length === 0 && (
        <EmptyState title="No keys in this gateway">
          Add one, and calls to its provider use it. Without one the key of the server's environment is used,
          and on direct calls the caller's own.
        </EmptyState>
      )}
      {list.data !== undefined && list.data.length > 0 && (
        <Table
          label="Keys of this gateway"
          columns={keyColumns(write ? { onChange: setChanging, onDelete: setLeaving } : {})}
          rows={list.data}
          id={(it) => it.id}
        />
      )}
      <div className="providers-head">
        <h2>Providers</h2>
        <TextField label="Search providers" value={text} onValue={setText} />
      </div>
      {custom.error && (
        <p className="field-bad" role="alert">
          Custom providers could not be read: {custom.error.message}
        </p>
      )}
      {known.error && (
        <p className="field-bad" role="alert">
          Which keys the server has could not be read: {known.error.message}
        </p>
      )}
      {shown.length === 0 ? (
        <EmptyState title="No provider of that name">
          Any server that speaks a format we know can be a custom provider.
        </EmptyState>
      ) : (
        <Table
          label="Providers"
          columns={providerColumns(write ? setAdding : undefined)}
          rows={shown}
          id={(it) => it.slug}
        />
      )}
      <Dialog open={adding !== undefined} title="Add a provider key" onClose={() => setAdding(undefined)}>
        <AddKey
          account={account_id}
          gateway={gateway}
          provider={adding ?? ""}
          providers={providers.filter((it) => it.slug !== "echo").map(choice)}
          onCancel={() => setAdding(undefined)}
          onMade={(it) => {
            setAdding(undefined);
            toast(`Key ${it.alias} of ${it.provider_slug} is stored`);
            void renew();
          }}
        />
      </Dialog>
      <Dialog
        open={changing !== undefined}
        title={changing ? `${changing.alias} of ${changing.provider_slug}` : ""}
        onClose={() => setChanging(undefined)}
      >
        {changing && (
          <ChangeKey
            account={account_id}
            gateway={gateway}
            found={changing}
            onCancel={() => setChanging(undefined)}
            onDone={(it) => {
              setChanging(undefined);
              toast(`Key ${it.alias} of ${it.provider_slug} is changed`);
              void renew();
            }}
          />
        )}
      </Dialog>
      <Confirm
        open={leaving !== undefined}
        title={leaving ? `Delete ${leaving.alias} of ${leaving.provider_slug}` : ""}
        action="Delete the key"
        force="Delete it all the same"
        onClose={() => setLeaving(undefined)}
        run={async (forced) => {
          if (leaving === undefined) return;
          await remove(account_id, gateway, leaving.id, forced);
          toast(`Key ${leaving.alias} of ${leaving.provider_slug} is deleted`);
          await renew();
        }}
      >
        It is taken out of use at once, and cannot be had back from here.
      </Confirm>
    </>
  );
}

function choice(it: Row) {
  const keys = it.keys === 1 ? "a key here" : `${it.keys} keys here`;
  return { value: it.slug, label: it.keys > 0 ? `${it.slug} (${keys})` : it.slug };
}
