import { useQuery } from "@tanstack/react-query";
import { Link, useLocation, useNavigate, useParams } from "@tanstack/react-router";
import { Suspense } from "react";
import { useGateway } from "@/app/gateway";
import { useSession } from "@/session/context";
import { Badge } from "@/ui/Badge";
import { ErrorState, Skeleton } from "@/ui/States";
import { Tabs } from "@/ui/Tabs";
import { RouteProvider } from "./context";
import { OpenDraft } from "./draft/OpenDraft";
import { SaveNote } from "./draft/SaveNote";
import { type At, route } from "./queries";
import { tabs } from "./tabs";
import "./route.css";

/** One route: its name and state, and a tab for each thing one does with it. The draft is open over all of them. */
export default function RoutePage() {
  const { account_id } = useSession();
  const gateway = useGateway();
  const params: { id?: unknown } = useParams({ strict: false });
  const at: At = { account: account_id, gateway, id: String(params.id ?? "") };
  const found = useQuery(route(at));
  if (found.isPending) return <Skeleton />;
  if (found.data === undefined) return <ErrorState error={found.error} retry={() => found.refetch()} />;
  return (
    <RouteProvider value={{ at, route: found.data }}>
      <OpenDraft key={`${gateway}/${at.id}`} at={at} deployed={found.data.elements}>
        <div className="page-head route-head">
          <h1>
            <Link to="/g/$gateway/routes" params={{ gateway }} className="route-up">
              Routes
            </Link>
            <span aria-hidden="true"> / </span>
            {found.data.name}
          </h1>
          {found.data.version ? (
            <Badge tone="good">Live: version {found.data.version.number}</Badge>
          ) : (
            <Badge>Not deployed</Badge>
          )}
          <SaveNote />
        </div>
        <Sections />
      </OpenDraft>
    </RouteProvider>
  );
}

function Sections() {
  const navigate = useNavigate();
  const { search }: { search: { tab?: unknown } } = useLocation();
  const current = tabs.find((it) => it.id === search.tab) ?? tabs[0];
  return (
    <Tabs
      label="Route"
      value={current?.id ?? ""}
      onValue={(tab) => navigate({ to: ".", search: tab === tabs[0]?.id ? {} : { tab } })}
      tabs={tabs.map(({ id, title, Content }) => ({
        value: id,
        label: title,
        content: (
          <Suspense fallback={<Skeleton />}>
            <Content />
          </Suspense>
        ),
      }))}
    />
  );
}
