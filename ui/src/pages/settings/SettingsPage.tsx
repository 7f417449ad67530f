import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useBlocker } from "@tanstack/react-router";
import { useState } from "react";
import type { Entry } from "@/api/problem";
import { useGateway } from "@/app/gateway";
import { useMay, useSession } from "@/session/context";
import { Form as Frame } from "@/ui/Form";
import { ErrorState, Skeleton } from "@/ui/States";
import { toast } from "@/ui/toasts";
import { useFocusKept } from "@/ui/useFocusKept";
import { useSave } from "@/ui/useSave";
import "./settings.css";
import { Access, Cache, Logs, Rate, Retries } from "./Basics";
import { type Form, formOf, over, read } from "./form";
import { Kept, Tracing } from "./More";
import { type Gateway, save, settings } from "./queries";
import { Spend } from "./Spend";

export default function SettingsPage() {
  const { account_id } = useSession();
  const gateway = useGateway();
  const found = useQuery(settings(account_id, gateway));
  return (
    <>
      <div className="page-head">
        <h1>Settings of {gateway}</h1>
      </div>
      {found.isPending && <Skeleton />}
      {found.error && <ErrorState error={found.error} retry={() => found.refetch()} />}
      {found.data && <Settings key={gateway} account={account_id} found={found.data} />}
    </>
  );
}

/** What each part shows itself; the rest is said below the form. */
const FIELDS = [
  "/authentication",
  "/collect_logs",
  "/collect_log_payloads",
  "/log_management",
  "/log_management_strategy",
  "/log_retention_days",
  "/cache_ttl",
  "/cache_invalidate_on_update",
  "/retry_max_attempts",
  "/retry_delay",
  "/retry_backoff",
  "/rate_limiting_limit",
  "/rate_limiting_interval",
  "/rate_limiting_technique",
  "/rate_limiting_on_unavailable",
  "/logpush",
  "/logpush_public_key",
  "/store_id",
  "/workers_ai_billing_mode",
];

const OF_RULE = "enabled limit window technique provider model metadata onUnavailable onUnknownPrice".split(
  " ",
);
const OF_COLLECTOR = "url authorization content_type headers".split(" ");

function fields(form: Form): string[] {
  const rules = form.rules.flatMap((it, i) =>
    OF_RULE.filter((name) => name !== "metadata" || it.metadata.length > 0).map(
      (name) => `/spend_limits/rules/${i}/${name}`,
    ),
  );
  const otel = form.otel.flatMap((_, i) => OF_COLLECTOR.map((name) => `/otel/${i}/${name}`));
  return [...FIELDS, "/spend_limits/enabled", ...rules, ...otel];
}

function Settings({ account, found }: { account: string; found: Gateway }) {
  const client = useQueryClient();
  const write = useMay("write");
  const kept = useFocusKept<HTMLDivElement>();
  const [base, setBase] = useState(found);
  const [form, setForm] = useState(() => formOf(found));
  const [notes, setNotes] = useState<readonly Entry[]>([]);
  const dirty = JSON.stringify(form) !== JSON.stringify(formOf(base));
  const saving = useSave(
    async () => {
      read(form);
      return save(account, base.id, (now) => over(base, form, now));
    },
    ({ gateway, messages }) => {
      setBase(gateway);
      setForm(formOf(gateway));
      setNotes(messages);
      client.setQueryData(settings(account, gateway.id).queryKey, gateway);
      void client.invalidateQueries({ queryKey: ["gateways", account], exact: true });
      toast("Settings saved");
    },
  );
  useBlocker({
    shouldBlockFn: () => !window.confirm("Leave, and lose the settings that are not saved?"),
    enableBeforeUnload: dirty,
    disabled: !dirty,
  });
  const part = { form, set: (change: Partial<Form>) => setForm({ ...form, ...change }), at: saving.at };
  return (
    <div {...kept} className="settings">
      <Frame
        label={`Settings of ${base.id}`}
        problem={saving.problem}
        fields={fields(form)}
        submit={dirty ? "Save the settings" : "Saved"}
        idle={!dirty}
        busy={saving.busy}
        onSubmit={saving.go}
        onCancel={dirty ? () => setForm(formOf(base)) : undefined}
        cancel="Undo the changes"
        readOnly={!write}
      >
        <Access {...part} />
        <Logs {...part} />
        <Cache {...part} />
        <Retries {...part} />
        <Rate {...part} />
        <Spend {...part} />
        <Tracing {...part} />
        <Kept {...part} />
        {notes.map((it) => (
          <p key={it.message} className="soft" role="status">
            {it.message}
          </p>
        ))}
      </Frame>
    </div>
  );
}
