import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { type Doc, find, properties } from "@/graph/document";
import { remove, setProperty } from "@/graph/edit";
import { sample } from "@/test/documents";
import { MergeView } from "./MergeView";

const user = userEvent.setup();

it("asks only about what both changed, and goes on when everything is chosen", async () => {
  const mine = setProperty(setProperty(sample, "big", "model", "a"), "small", "timeout", 100);
  const theirs = setProperty(sample, "big", "model", "b");
  const onResolve = vi.fn<(doc: Doc) => void>();
  render(<MergeView base={sample} mine={mine} theirs={theirs} by="ana" onResolve={onResolve} />);
  expect(screen.getAllByRole("radio")).toHaveLength(2);
  const go = screen.getByRole("button", { name: "Go on with this" });
  expect(go).toHaveProperty("disabled", true);
  await user.click(screen.getByRole("radio", { name: /Theirs, by ana/ }));
  await user.click(go);
  const doc = onResolve.mock.calls[0]?.[0] ?? [];
  expect(["big", "small"].map((id) => properties(find(doc, id) ?? { id, type: "end" }))).toEqual([
    { provider: "echo", model: "b" },
    { provider: "echo", model: "echo", timeout: 100 },
  ]);
});

it("says that one side removed what the other changed", () => {
  const mine = remove(sample, new Set(["big"]));
  render(
    <MergeView
      base={sample}
      mine={mine}
      theirs={setProperty(sample, "big", "retries", 2)}
      onResolve={() => {}}
    />,
  );
  expect(screen.getByText("removed on one side")).toBeTruthy();
  expect(screen.getByText(/is retried 2 times/)).toBeTruthy();
});

it("with nothing to choose it can go on at once", () => {
  render(
    <MergeView
      base={sample}
      mine={sample}
      theirs={setProperty(sample, "big", "retries", 2)}
      onResolve={() => {}}
    />,
  );
  expect(screen.getByRole("button", { name: "Go on with this" })).toHaveProperty("disabled", false);
});
