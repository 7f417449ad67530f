import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useGateway } from "@/app/gateway";
import { useSession } from "@/session/context";
import { Badge } from "@/ui/Badge";
import { CopyButton } from "@/ui/CopyButton";
import { ErrorState, Skeleton } from "@/ui/States";
import { Bodies } from "./Bodies";
import { Feedback } from "./Feedback";
import { Money } from "./Money";
import { log } from "./queries";
import { Summary } from "./Summary";
import { Walked } from "./Walked";
import { Waterfall } from "./Waterfall";
import "./log.css";

export default function LogPage() {
  const { account_id } = useSession();
  const gateway = useGateway();
  const params: { log?: unknown } = useParams({ strict: false });
  const id = typeof params.log === "string" ? params.log : "";
  const one = useQuery(log(account_id, gateway, id));
  const it = one.data;
  return (
    <>
      <p className="log-crumbs">
        <Link to="/g/$gateway/logs" params={{ gateway }}>
          Logs
        </Link>
      </p>
      {one.isPending && <Skeleton rows={10} />}
      {one.error && <ErrorState error={one.error} retry={() => one.refetch()} />}
      {it && (
        <>
          <div className="page-head log-head">
            <h1>
              <Badge tone={it.success ? "good" : it.status_code === 429 ? "warn" : "bad"}>
                {it.status_code}
              </Badge>{" "}
              {it.pointsman.route ? `dynamic/${it.pointsman.route}` : it.model}
            </h1>
            <div className="log-tools">
              <span className="soft number log-id">{it.id}</span>
              <CopyButton text={it.id} what="Copy the log's id" />
              {it.pointsman.route_id && (
                <Link
                  className="button button-primary log-link-button"
                  to="/g/$gateway/routes/$id"
                  params={{ gateway, id: it.pointsman.route_id }}
                  search={{ tab: "try", log: it.id }}
                >
                  Make a sample of this
                </Link>
              )}
            </div>
          </div>
          <Summary log={it} gateway={gateway} />
          <Walked log={it} account={account_id} gateway={gateway} />
          <div className="log-columns">
            <Waterfall log={it} />
            <Money log={it} />
          </div>
          <Bodies log={it} account={account_id} gateway={gateway} />
          <Feedback log={it} account={account_id} gateway={gateway} />
        </>
      )}
    </>
  );
}
