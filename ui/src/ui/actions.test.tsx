import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { type Action, actionColumn } from "./actions";
import { Table } from "./Table";

const rows = ["a", "b"];
const table = (...actions: readonly Action<string>[]) =>
  render(
    <Table
      label="Rows"
      columns={[{ key: "it", title: "It", cell: (it) => it }, ...actionColumn<string>(...actions)]}
      rows={rows}
      id={(it) => it}
    />,
  );

it("each row has the buttons that make sense for it, and each says which row it is about", async () => {
  const done: string[] = [];
  table(
    { label: "Change", name: (it) => `Change ${it}`, onDo: (it) => done.push(`change ${it}`) },
    {
      label: "Delete",
      name: (it) => `Delete ${it}`,
      onDo: (it) => done.push(`delete ${it}`),
      fits: (it) => it !== "a",
    },
  );
  await userEvent.click(screen.getByRole("button", { name: "Change a" }));
  await userEvent.click(screen.getByRole("button", { name: "Delete b" }));
  expect(done).toEqual(["change a", "delete b"]);
  expect(screen.queryByRole("button", { name: "Delete a" })).toBeNull();
});

it("where nothing may be done there is no column", () => {
  table({ label: "Change", name: (it) => `Change ${it}`, onDo: undefined });
  expect(screen.getAllByRole("columnheader")).toHaveLength(1);
});
