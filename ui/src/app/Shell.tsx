import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useOnline } from "@/api/online";
import { asProblem } from "@/api/problem";
import { gateways } from "@/api/queries";
import { SessionProvider } from "@/session/context";
import { Login } from "@/session/Login";
import { useLogout } from "@/session/Logout";
import { may, type Session, sessionQuery } from "@/session/session";
import { Button } from "@/ui/Button";
import { Mark } from "@/ui/Mark";
import { Menu } from "@/ui/Menu";
import { Select } from "@/ui/Select";
import { ErrorState, Skeleton } from "@/ui/States";
import { Toasts } from "@/ui/Toasts";
import { useGateway } from "./gateway";
import { navigation } from "./pages";
import { setTheme } from "./theme";
import "./shell.css";

export function Shell() {
  const session = useQuery(sessionQuery);
  // Before what was known of it: a session that has ended keeps its last data.
  if (session.error !== null && asProblem(session.error).status === 401) return <Login />;
  if (session.data) return <Frame session={session.data} />;
  if (session.error === null) return <Skeleton />;
  return <ErrorState error={session.error} retry={() => session.refetch()} />;
}

function Frame({ session }: { session: Session }) {
  const online = useOnline();
  const gateway = useGateway();
  const nav = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is another place in the row
  useEffect(() => shown(nav.current), [pathname]);
  return (
    <SessionProvider value={session}>
      <a className="skip" href="#content">
        Skip to content
      </a>
      <div className="shell">
        <header className="shell-side">
          <div className="shell-name">
            <Mark /> Pointsman
          </div>
          <GatewaySwitch session={session} gateway={gateway} />
          <nav aria-label="Main" ref={nav}>
            {navigation
              .filter((it) => may(session, it.right))
              .map((it) => (
                <Link key={it.path} className="nav-link" to={`/g/$gateway${it.path}`} params={{ gateway }}>
                  {it.title}
                </Link>
              ))}
          </nav>
          <Account session={session} />
        </header>
        <main id="content" className="shell-main" tabIndex={-1}>
          {!online && (
            <p className="offline" role="status">
              The server cannot be reached. What you see may be old; nothing is saved until it answers.
            </p>
          )}
          <Outlet />
        </main>
      </div>
      <Toasts />
    </SessionProvider>
  );
}

/** On a phone the pages are a row that scrolls: the one that is open is in sight. */
function shown(nav: HTMLElement | null): void {
  const current = nav?.querySelector<HTMLElement>('[aria-current="page"]');
  if (nav && current) nav.scrollLeft = current.offsetLeft - (nav.clientWidth - current.offsetWidth) / 2;
}

function GatewaySwitch({ session, gateway }: { session: Session; gateway: string }) {
  const all = useQuery(gateways(session.account_id));
  const navigate = useNavigate();
  const ids = new Set([gateway, ...(all.data ?? []).map((it) => it.id)]);
  return (
    <Select
      aria-label="Gateway"
      value={gateway}
      options={[...ids].map((it) => ({ value: it, label: it }))}
      onValue={(it) => navigate({ to: "/g/$gateway/routes", params: { gateway: it } })}
    />
  );
}

function Account({ session }: { session: Session }) {
  const leave = useLogout(session);
  return (
    <>
      <Menu
        choices={[
          { label: "Theme: as the system", onSelect: () => setTheme("system") },
          { label: "Theme: light", onSelect: () => setTheme("light") },
          { label: "Theme: dark", onSelect: () => setTheme("dark") },
          { label: "Log out", onSelect: leave.ask },
        ]}
      >
        <Button look="quiet" className="shell-account">
          {session.token.name}
          {may(session, "write") ? "" : " (read only)"}
        </Button>
      </Menu>
      {leave.dialog}
    </>
  );
}
