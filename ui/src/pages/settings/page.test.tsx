import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { GATEWAYS, open } from "@/test/page";
import { ok } from "@/test/server";

it("the focus is on what is before a rule, an entry or a collector that was removed", async () => {
  const user = userEvent.setup();
  open("/g/default/settings", "Write", { [`GET ${GATEWAYS}/default`]: ok({ id: "default" }) });
  const press = async (name: string) => {
    screen.getByRole("button", { name }).focus();
    await user.keyboard("{Enter}");
  };
  await screen.findByText("Add a spend rule");
  await press("Add a spend rule");
  await press("Add an entry of metadata");
  await press("Remove metadata");
  expect(document.activeElement?.closest("fieldset")).toBe(screen.getByRole("group", { name: "Rule 1" }));
  await press("Remove rule 1");
  expect(document.activeElement).toBe(screen.getByLabelText("Rules are in force"));
  await press("Add a collector");
  await press("Remove collector 1");
  expect(document.activeElement).not.toBe(document.body);
});
