import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { moveFocus } from "./grid";
import { inView } from "./window";
import "./table.css";

export type Column<Row> = {
  readonly key: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  readonly align?: "end";
  /** Left out where there is no room: a phone. */
  readonly minor?: boolean;
  /** Its head is a button that orders by it (`onOrder`). */
  readonly orderable?: boolean;
};

type Props<Row> = {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  id: (row: Row) => string;
  /** How many there are, when not all are loaded. */
  rowCount?: number | undefined;
  /** As high as the window lets it be, instead of 640 px. */
  tall?: boolean;
  order?: { readonly key: string; readonly ascending: boolean } | undefined;
  onOrder?: ((key: string) => void) | undefined;
  /** The last rows are in view: there may be more. */
  onEnd?: (() => void) | undefined;
};

const ROW = 40;
const VIEW = 640;

/** Rows of one height, of which only those in view are in the page. Arrow keys move between what can be focused in them. */
export function Table<Row>(props: Props<Row>) {
  const { label, columns, rows, id, rowCount, tall = false, order, onOrder, onEnd } = props;
  const [{ top, height }, setView] = useState({ top: 0, height: VIEW });
  const scroll = useRef<HTMLElement>(null);
  const { from, to } = inView(rows.length, ROW, top, height);
  const atEnd = to >= rows.length;
  useLayoutEffect(() => {
    if (scroll.current) setView(view(scroll.current));
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once for every length, not for every new function
  useLayoutEffect(() => {
    if (atEnd) onEnd?.();
  }, [atEnd, rows.length, onEnd === undefined]);
  return (
    <section
      ref={scroll}
      className={tall ? "table-scroll table-tall" : "table-scroll"}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      onScroll={(event) => setView(view(event.currentTarget))}
      onKeyDown={moveFocus}
    >
      <table className="table" aria-label={label} aria-rowcount={(rowCount ?? rows.length) + 1}>
        <thead>
          <tr>
            {columns.map((it) => (
              <Head key={it.key} column={it} order={order} onOrder={onOrder} />
            ))}
          </tr>
        </thead>
        <tbody>
          {from > 0 && <Gap rows={from} />}
          {rows.slice(from, to).map((row, i) => (
            <tr key={id(row)} aria-rowindex={from + i + 2}>
              {columns.map((it) => (
                <td key={it.key} className={classes(it)}>
                  {it.cell(row)}
                </td>
              ))}
            </tr>
          ))}
          {to < rows.length && <Gap rows={rows.length - to} />}
        </tbody>
      </table>
    </section>
  );
}

function view(it: HTMLElement) {
  return { top: it.scrollTop, height: it.clientHeight || VIEW };
}

type HeadProps<Row> = { column: Column<Row> } & Pick<Props<Row>, "order" | "onOrder">;

function Head<Row>({ column, order, onOrder }: HeadProps<Row>) {
  if (!column.orderable || onOrder === undefined) {
    return (
      <th scope="col" className={classes(column)}>
        {column.title}
      </th>
    );
  }
  const by = order?.key === column.key ? (order.ascending ? "ascending" : "descending") : undefined;
  return (
    <th scope="col" className={classes(column)} {...(by === undefined ? {} : { "aria-sort": by })}>
      <button type="button" className="table-order" onClick={() => onOrder(column.key)}>
        {column.title}
        <span aria-hidden="true">{by === undefined ? "" : by === "ascending" ? " ↑" : " ↓"}</span>
      </button>
    </th>
  );
}

function Gap({ rows }: { rows: number }) {
  return <tr style={{ height: rows * ROW }} />;
}

function classes<Row>(column: Column<Row>): string {
  return [column.align === "end" && "end number", column.minor && "minor"].filter(Boolean).join(" ");
}
