import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { type Doc, find } from "@/graph/document";
import { doc, made, Stand } from "./stand";

const user = userEvent.setup();
const button = (name: string) => screen.getByRole("button", { name });
/** By keyboard: the button gets the focus, and Enter presses it. */
const press = async (it: HTMLElement) => {
  it.focus();
  await user.keyboard("{Enter}");
};
const focused = () => document.activeElement;
const condition = (conditions: object): Doc =>
  doc.map((it) =>
    it.id === "plan" ? { ...it, properties: { conditions: JSON.parse(JSON.stringify(conditions)) } } : it,
  );

describe("in the form of a split the focus is", () => {
  it("where else leads, once else is added, and on the button that adds it, once it is removed", async () => {
    render(<Stand id="split" />);
    await press(button("Add else"));
    expect(focused()).toBe(screen.getByLabelText("Else leads to"));
    await press(button("Remove else"));
    expect(focused()).toBe(button("Add else"));
  });

  it("in the share that was added", async () => {
    render(<Stand id="split" />);
    await press(button("Add share"));
    expect(focused()).toBe(screen.getByLabelText("Share 3, in percent"));
  });

  it("on the row that took the place of the removed one, or else the one above, or else on what adds one", async () => {
    render(<Stand id="split" />);
    await press(button("Remove share 1"));
    expect(focused()).toBe(button("Remove share 1"));
    await press(button("Add share"));
    await press(button("Remove share 2"));
    expect(focused()).toBe(button("Remove share 1"));
    await press(button("Remove share 1"));
    expect(focused()).toBe(button("Add share"));
  });

  it("in the first share, once they are made 100", async () => {
    render(<Stand id="split" />);
    await press(button("Make it 100"));
    expect(focused()).toBe(screen.getByLabelText("Share 1, in percent"));
  });
});

describe("in the form of a condition the focus is", () => {
  it("in the field of the row that was added, also in a group that was", async () => {
    render(<Stand id="plan" />);
    await press(button("Add row"));
    expect(focused()).toBe(screen.getAllByLabelText("Field")[1]);
    await press(button("Add group"));
    const group = screen.getByRole("group", { name: "At least one of these holds" });
    expect(focused()).toBe(within(group).getByLabelText("Field"));
  });

  it("on the group of a row that was removed, although it was its only one", async () => {
    render(<Stand id="plan" document={condition({ "metadata.plan": "paid", $or: [{ "metadata.a": 1 }] })} />);
    const group = screen.getByRole("group", { name: "At least one of these holds" });
    await press(within(group).getByRole("button", { name: "Remove the row of metadata.a" }));
    expect(focused()?.tagName).toBe("FIELDSET");
    expect(find(made.now, "plan")?.properties).toEqual({ conditions: { "metadata.plan": "paid", $or: [] } });
  });

  it("on the value that took the place of the removed one, or else in the field for one more", async () => {
    render(<Stand id="plan" document={condition({ "metadata.plan": { $in: ["a", "b"] } })} />);
    await press(button("Remove a"));
    expect(focused()).toBe(button("Remove b"));
    await press(button("Remove b"));
    expect(focused()).toBe(screen.getByLabelText("One more value"));
  });

  it("in the field for one more value, once one is added", async () => {
    render(<Stand id="plan" document={condition({ "metadata.plan": { $in: ["a"] } })} />);
    await user.type(screen.getByLabelText("One more value"), "b");
    await user.tab();
    expect(focused()).toBe(button("Add"));
    await user.keyboard("{Enter}");
    expect(focused()).toBe(screen.getByLabelText("One more value"));
  });

  it("in the value, when the choice of its type is gone because only one fits", async () => {
    render(<Stand id="plan" document={condition({ "metadata.plan": { $regex: 7 } })} />);
    const type = screen.getByLabelText("Type of the value");
    type.focus();
    await user.selectOptions(type, "text");
    expect(screen.queryByLabelText("Type of the value")).toBeNull();
    expect(focused()).toBe(screen.getByLabelText("Value"));
  });
});

describe("in every form the focus is", () => {
  it("in the JSON whose broken text was discarded", async () => {
    render(<Stand id="plan" />);
    await user.type(screen.getByLabelText("As JSON"), "x");
    await press(button("Discard what was typed"));
    expect(focused()).toBe(screen.getByLabelText("As JSON"));
  });

  it("on the choice before it, when a choice is gone that made sense no more", async () => {
    const cap = { limitType: "count", limit: 10, interval: 60, key: "", onUnknownPrice: "allow" };
    render(
      <Stand id="cap" document={doc.map((it) => (it.id === "cap" ? { ...it, properties: cap } : it))} />,
    );
    const choice = screen.getByLabelText("Model without a price");
    choice.focus();
    await user.selectOptions(choice, "");
    expect(find(made.now, "cap")?.properties).not.toHaveProperty("onUnknownPrice");
    expect(focused()).not.toBe(document.body);
  });
});
