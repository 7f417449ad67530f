import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it } from "vitest";
import { type Pair, Pairs } from "./Pairs";

function Stand() {
  const [pairs, setPairs] = useState<readonly Pair[]>([
    { key: "a", value: "1" },
    { key: "b", value: "2" },
  ]);
  return (
    <Pairs legend="Headers" one="header" pairs={pairs} fresh={{ key: "", value: "" }} onPairs={setPairs} />
  );
}

it("the focus follows rows that come and go", async () => {
  const user = userEvent.setup();
  render(<Stand />);
  const focused = () => document.activeElement;
  await user.click(screen.getByText("Add a header"));
  expect(focused()).toBe(screen.getByLabelText("Name of header 3"));
  await user.click(screen.getByLabelText("Remove a"));
  expect(focused()).toBe(screen.getByLabelText("Remove b"));
  await user.click(screen.getByLabelText("Remove header 2"));
  expect(focused()).toBe(screen.getByLabelText("Remove b"));
  await user.keyboard("{Enter}");
  expect(focused()).toBe(screen.getByText("Add a header"));
});
