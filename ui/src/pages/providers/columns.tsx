import { actionColumn } from "@/ui/actions";
import { Badge } from "@/ui/Badge";
import { count } from "@/ui/format";
import type { Column } from "@/ui/Table";
import { RelativeTime } from "@/ui/Values";
import type { Key } from "./queries";
import type { Provider } from "./table";

type KeyActions = { readonly onChange?: (key: Key) => void; readonly onDelete?: (key: Key) => void };

export function keyColumns({ onChange, onDelete }: KeyActions): readonly Column<Key>[] {
  return [
    { key: "provider", title: "Provider", cell: (it) => <strong>{it.provider_slug}</strong> },
    {
      key: "alias",
      title: "Alias",
      cell: (it) => (
        <>
          {it.alias} {it.default_config && <Badge>default</Badge>}
        </>
      ),
    },
    {
      key: "secret",
      title: "Key",
      minor: true,
      cell: (it) => <code>{it.secret_preview === "" ? "••••" : `…${it.secret_preview}`}</code>,
    },
    { key: "weight", title: "Weight", align: "end", minor: true, cell: (it) => it.weight ?? "–" },
    { key: "limit", title: "Limit", minor: true, cell: limit },
    { key: "changed", title: "Changed", minor: true, cell: (it) => <RelativeTime time={it.modified_at} /> },
    ...actionColumn<Key>(
      { label: "Change", name: (it) => `Change ${it.alias} of ${it.provider_slug}`, onDo: onChange },
      { label: "Delete", name: (it) => `Delete ${it.alias} of ${it.provider_slug}`, onDo: onDelete },
    ),
  ];
}

function limit(it: Key): string {
  return it.rate_limit ? `${count(it.rate_limit)} in ${count(it.rate_limit_period)} s` : "none";
}

/** A provider of the table or a custom one, with how many keys are stored for it here. `server`: the server has one too. */
export type Row = Provider & {
  readonly keys: number;
  readonly custom: boolean;
  readonly server: boolean;
};

export function providerColumns(onAdd: ((slug: string) => void) | undefined): readonly Column<Row>[] {
  return [
    {
      key: "slug",
      title: "Provider",
      cell: (it) => (
        <>
          <strong>{it.slug}</strong> {it.custom && <Badge>custom</Badge>}
        </>
      ),
    },
    { key: "keys", title: "Keys here", cell: stored },
    { key: "formats", title: "Speaks", minor: true, cell: (it) => it.formats.join(", ") },
    {
      key: "variables",
      title: "Else from the server's environment",
      minor: true,
      cell: (it) => (
        <>
          {it.server && (
            <Badge tone={it.keys > 0 ? "neutral" : "good"}>{it.keys > 0 ? "set, not used" : "set"}</Badge>
          )}{" "}
          <code className="soft">{it.variables.join(", ")}</code>
        </>
      ),
    },
    ...actionColumn<Row>({
      label: "Add",
      name: (it) => `Add a key of ${it.slug}`,
      onDo: onAdd && ((it) => onAdd(it.slug)),
      fits: (it) => it.slug !== "echo",
    }),
  ];
}

function stored(it: Row) {
  if (it.keys > 0) return <Badge tone="good">{it.keys}</Badge>;
  if (it.server) return "the server's";
  return <span className="soft">{it.keyless ? "none needed" : "–"}</span>;
}
