import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it } from "vitest";
import { Dialog } from "./Dialog";
import { Pick } from "./Pick";

const user = userEvent.setup();

function Page() {
  const [open, setOpen] = useState(true);
  return (
    <Dialog open={open} title="A question" onClose={() => setOpen(false)}>
      <input aria-label="Answer" />
    </Dialog>
  );
}

it("every dialog is closed by a button that stands behind what is in it", async () => {
  render(<Page />);
  const dialog = screen.getByRole("dialog", { name: "A question" });
  const close = screen.getByRole("button", { name: "Close" });
  expect(screen.getByLabelText("Answer").compareDocumentPosition(close)).toBe(
    Node.DOCUMENT_POSITION_FOLLOWING,
  );
  await user.click(close);
  expect([dialog.hasAttribute("open"), screen.queryByLabelText("Answer")]).toEqual([false, null]);
});

it("a list that is asked for is closed without choosing", async () => {
  const said: string[] = [];
  const choices = [{ value: "a", label: "A" }];
  render(
    <Pick
      open
      title="Add an element"
      placeholder="A kind"
      choices={choices}
      onPick={(it) => said.push(it)}
      onClose={() => said.push("closed")}
    />,
  );
  await user.click(screen.getByRole("button", { name: "Close" }));
  expect(said).toEqual(["closed"]);
});
