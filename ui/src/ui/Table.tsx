import { type ReactNode, useState } from "react";
import { inView } from "./window";
import "./table.css";

export type Column<Row> = {
  readonly key: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  readonly align?: "end";
  /** Left out where there is no room: a phone. */
  readonly minor?: boolean;
};

type Props<Row> = {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  id: (row: Row) => string;
};

const ROW = 40;
const VIEW = 640;

/** Rows of one height, of which only those in view are in the page. */
export function Table<Row>({ label, columns, rows, id }: Props<Row>) {
  const [top, setTop] = useState(0);
  const { from, to } = inView(rows.length, ROW, top, VIEW);
  return (
    <section
      className="table-scroll"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <table className="table" aria-label={label} aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            {columns.map((it) => (
              <th key={it.key} scope="col" className={classes(it)}>
                {it.title}
              </th>
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

function Gap({ rows }: { rows: number }) {
  return <tr style={{ height: rows * ROW }} />;
}

function classes<Row>(column: Column<Row>): string {
  return [column.align === "end" && "end number", column.minor && "minor"].filter(Boolean).join(" ");
}
