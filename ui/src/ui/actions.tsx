import { Button } from "./Button";
import type { Column } from "./Table";
import "./table.css";

export type Action<Row> = {
  /** What the button says: "Change". */
  readonly label: string;
  /** Said of one row, for those who do not see which: "Change the price of gpt-5". */
  readonly name: (row: Row) => string;
  /** Nobody may do it when there is none: then it has no button. */
  readonly onDo: ((row: Row) => void) | undefined;
  /** Which rows it makes sense for, when not for all. */
  readonly fits?: (row: Row) => boolean;
};

/** The last column of a table: what can be done with each row. There is none when nothing can be. */
export function actionColumn<Row>(...actions: readonly Action<Row>[]): readonly Column<Row>[] {
  const all = actions.filter((it) => it.onDo !== undefined);
  if (all.length === 0) return [];
  const cell = (row: Row) => (
    <div className="row-actions">
      {all.map(({ label, name, onDo, fits }) =>
        fits?.(row) === false ? null : (
          <Button key={label} look="quiet" aria-label={name(row)} onClick={() => onDo?.(row)}>
            {label}
          </Button>
        ),
      )}
    </div>
  );
  return [{ key: "do", title: "", align: "end", cell }];
}
