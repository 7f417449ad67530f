import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import type { Column } from "@/ui/Table";
import { RelativeTime } from "@/ui/Values";
import type { Token } from "./queries";

export function columns(own: string, onRevoke: (token: Token) => void): readonly Column<Token>[] {
  return [
    { key: "name", title: "Name", cell: (it) => <strong>{it.name}</strong> },
    { key: "prefix", title: "Secret", minor: true, cell: (it) => <code>{it.prefix}…</code> },
    { key: "may", title: "May", cell: (it) => it.permissions.map(short).join(", ") },
    { key: "where", title: "Where", minor: true, cell: where },
    { key: "expires", title: "Expires", cell: expires },
    { key: "made", title: "Made", minor: true, cell: made },
    {
      key: "do",
      title: "",
      align: "end",
      cell: (it) =>
        it.id === own ? (
          <span className="soft">in use by you</span>
        ) : (
          <Button look="quiet" aria-label={`Revoke ${it.name}`} onClick={() => onRevoke(it)}>
            Revoke
          </Button>
        ),
    },
  ];
}

function short(permission: string): string {
  return permission.replace(/^AI Gateway /, "");
}

function where(it: Token) {
  const gateways = it.gateways ? it.gateways.join(", ") : "all gateways";
  return it.routes ? `${it.routes.join(", ")} in ${gateways}` : gateways;
}

function expires(it: Token) {
  if (it.status === "expired") return <Badge tone="bad">Expired</Badge>;
  if (!it.expires_on) return <span className="soft">never</span>;
  return <RelativeTime time={it.expires_on} />;
}

function made(it: Token) {
  return (
    <>
      <RelativeTime time={it.issued_on} /> <span className="soft">{it.issued_by}</span>
    </>
  );
}
