import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { type Doc, find, properties } from "@/graph/document";
import { setProperty } from "@/graph/edit";
import { sample } from "@/test/documents";
import { Merging } from "./MergeDialog";

// Drawing needs a layout, which jsdom does not have.
vi.mock("@/canvas/Canvas", () => ({ Canvas: () => null }));

const user = userEvent.setup();
const none = { intro: "", onSettle: () => {}, onDrop: () => {}, onLater: () => {} };

it("asks only about what both changed, and saves when everything is chosen", async () => {
  const mine = setProperty(setProperty(sample, "big", "model", "a"), "small", "timeout", 100);
  const theirs = setProperty(sample, "big", "model", "b");
  const onSettle = vi.fn<(doc: Doc) => void>();
  render(<Merging {...none} base={sample} mine={mine} theirs={theirs} onSettle={onSettle} />);
  expect(screen.getAllByRole("radio")).toHaveLength(2);
  expect(screen.getByText("One element is still to be chosen.")).toBeTruthy();
  const save = screen.getByRole("button", { name: "Save the outcome" });
  expect(save).toHaveProperty("disabled", true);
  await user.click(screen.getByRole("radio", { name: /Theirs/ }));
  await user.click(save);
  const doc = onSettle.mock.calls[0]?.[0] ?? [];
  expect(["big", "small"].map((id) => properties(find(doc, id) ?? { id, type: "end" }))).toEqual([
    { provider: "echo", model: "b" },
    { provider: "echo", model: "echo", timeout: 100 },
  ]);
});

it("with nothing to choose the outcome can be saved at once", () => {
  const theirs = setProperty(sample, "big", "retries", 2);
  render(<Merging {...none} base={sample} mine={sample} theirs={theirs} />);
  expect(screen.getByRole("button", { name: "Save the outcome" })).toHaveProperty("disabled", false);
});
