import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it } from "vitest";
import { Problem } from "@/api/problem";
import { Confirm } from "./Confirm";

const IN_USE = new Problem("refused", 400, "in use", [{ code: 7400, message: "Deployed routes use it: a." }]);

function Page({ run }: { run: (forced: boolean) => Promise<void> }) {
  const [open, setOpen] = useState(true);
  return (
    <main id="content" tabIndex={-1}>
      <Confirm
        open={open}
        title="Delete x"
        action="Delete"
        word="x"
        force="Delete it all the same"
        run={run}
        onClose={() => setOpen(false)}
      >
        All of it goes.
      </Confirm>
    </main>
  );
}

it("asks for the name, tells a refusal, and asks again before it overrules one", async () => {
  const user = userEvent.setup();
  const asked: boolean[] = [];
  const run = async (forced: boolean) => {
    asked.push(forced);
    if (!forced) throw IN_USE;
  };
  render(<Page run={run} />);
  const button = screen.getByRole("button", { name: "Delete" });
  expect(button).toHaveProperty("disabled", true);
  await user.type(screen.getByLabelText("Type x to go on"), "x{Enter}");
  await screen.findByText("Deployed routes use it: a.");
  await user.click(await screen.findByRole("button", { name: "Delete it all the same" }));
  expect(asked).toEqual([false, true]);
  await waitFor(() => expect(document.activeElement?.id).toBe("content"));
});
