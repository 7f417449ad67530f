import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Entry } from "@/api/problem";
import { useGateway } from "@/app/gateway";
import { Allowed, useMay, useSession } from "@/session/context";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Confirm";
import { ErrorState, Skeleton } from "@/ui/States";
import { toast } from "@/ui/toasts";
import "@/ui/form.css";
import { formOf, headerNames } from "../custom-providers/form";
import { ProviderForm } from "../custom-providers/ProviderForm";
import { Costs } from "./Costs";
import { change, customProvider, remove } from "./queries";
import { Test } from "./Test";

export default function CustomProviderPage() {
  const { account_id } = useSession();
  const gateway = useGateway();
  const params: { id?: unknown } = useParams({ strict: false });
  const id = typeof params.id === "string" ? params.id : "";
  const client = useQueryClient();
  const navigate = useNavigate();
  const admin = useMay("admin");
  const found = useQuery(customProvider(account_id, id));
  const [notes, setNotes] = useState<readonly Entry[]>([]);
  const [leaving, setLeaving] = useState(false);
  const it = found.data;
  if (found.error) return <ErrorState error={found.error} retry={() => found.refetch()} />;
  if (it === undefined) return <Skeleton />;
  return (
    <>
      <div className="page-head">
        <h1>{it.name}</h1>
        <div className="head-actions">
          <Link to="/g/$gateway/providers" params={{ gateway }}>
            Its keys
          </Link>
          <Allowed to="admin">
            <Button look="danger" onClick={() => setLeaving(true)}>
              Delete
            </Button>
          </Allowed>
        </div>
      </div>
      <section className="panel">
        <ProviderForm
          key={it.modified_at}
          label={`Custom provider ${it.name}`}
          submit="Save the provider"
          before={formOf(it)}
          kept={headerNames(it)}
          readOnly={!admin}
          send={(changes) => change(account_id, id, changes)}
          onDone={({ custom, messages }) => {
            setNotes(messages);
            client.setQueryData(customProvider(account_id, id).queryKey, custom);
            void client.invalidateQueries({ queryKey: ["custom-providers", account_id], exact: true });
            toast(`${custom.name} is saved`);
          }}
        />
        {notes.map((note) => (
          <p key={note.message} role="status">
            {note.message}
          </p>
        ))}
      </section>
      {admin && <Test account={account_id} gateway={gateway} id={id} />}
      <Costs account={account_id} provider={id} />
      <Confirm
        open={leaving}
        title={`Delete ${it.name}`}
        action="Delete the provider"
        force="Delete it all the same"
        onClose={() => setLeaving(false)}
        run={async (forced) => {
          await remove(account_id, id, forced);
          toast(`${it.name} is deleted`);
          await client.invalidateQueries({ queryKey: ["custom-providers", account_id], exact: true });
          await navigate({ to: "/g/$gateway/custom-providers", params: { gateway } });
        }}
      >
        Calls of custom-{it.slug} fail from now on. This cannot be undone.
      </Confirm>
    </>
  );
}
