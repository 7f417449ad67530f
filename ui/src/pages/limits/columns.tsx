import { Link } from "@tanstack/react-router";
import { actionColumn } from "@/ui/actions";
import { Badge } from "@/ui/Badge";
import type { Column } from "@/ui/Table";
import type { Bucket } from "./queries";
import { Use } from "./Use";
import { fieldWords, keyWords, ownerWords, until, valueWords, windowWords } from "./words";

type Told = {
  readonly gateway: string;
  readonly now: number;
  readonly onReset: ((it: Bucket) => void) | undefined;
};

export function columns({ gateway, now, onReset }: Told): readonly Column<Bucket>[] {
  return [
    { key: "who", title: "Who", cell: (it) => <Who it={it} /> },
    { key: "use", title: "Used", cell: (it) => <Use it={it} /> },
    { key: "limit", title: "Limit", minor: true, cell: (it) => <Where it={it} gateway={gateway} /> },
    { key: "window", title: "Window", minor: true, cell: windowWords },
    { key: "room", title: "Room returns", minor: true, cell: (it) => <Room it={it} now={now} /> },
    ...actionColumn<Bucket>({
      label: "Reset",
      name: (it) => `Reset ${keyWords(it.key)} at ${ownerWords(it.owner)}`,
      onDo: onReset,
    }),
  ];
}

function Who({ it }: { it: Bucket }) {
  return (
    <div className="who">
      {it.key.length === 0 && <span className="soft">everybody</span>}
      {it.key.map((part) => (
        <span key={part.field} title={`${part.field}: ${JSON.stringify(part.value)}`}>
          <span className="soft">{fieldWords(part.field)}</span> <strong>{valueWords(part)}</strong>
        </span>
      ))}
      {/* Where there is no column for it. */}
      <span className="soft who-limit">{ownerWords(it.owner)}</span>
    </div>
  );
}

function Where({ it, gateway }: { it: Bucket; gateway: string }) {
  const words = ownerWords(it.owner);
  if (it.owner.kind !== "element") return words;
  return (
    <Link to="/g/$gateway/routes/$id" params={{ gateway, id: it.owner.route_id }}>
      {words}
    </Link>
  );
}

function Room({ it, now }: { it: Bucket; now: number }) {
  if (it.refills_at === null || it.refills_at === undefined) {
    return <Badge>when calls end</Badge>;
  }
  const whole = it.resets_at ? `all of it ${until(it.resets_at, now)}` : "";
  return (
    <time dateTime={it.refills_at} title={whole}>
      {until(it.refills_at, now)}
    </time>
  );
}
