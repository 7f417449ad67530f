import { cleanup, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { find, properties } from "@/graph/document";
import { doc, lead, made, Stand } from "./stand";

const user = userEvent.setup();
const props = (id: string) => {
  const element = find(made.now, id);
  return element && properties(element);
};
const entry = (path: (string | number)[], message: string) => ({
  code: 7001,
  message,
  path: ["body", "elements", ...path],
  problem: { code: "x", element: null, severity: "error" },
});
const retype = async (field: HTMLElement, text: string) => {
  await user.clear(field);
  await user.type(field, text.replace(/[{[]/g, "$&$&"));
};

describe("the model's form", () => {
  it("suggests models of the provider with their price and context, and takes any", async () => {
    render(<Stand id="m" />);
    const model = screen.getByRole("combobox", { name: "Model" });
    expect(
      screen.getByText("$1.25 in, $10.00 out for a million tokens; reads up to 400k tokens."),
    ).toBeTruthy();
    expect(screen.getByText("$1.25 / $10.00 · 400k")).toBeTruthy();
    await retype(model, "gpt");
    await user.keyboard("{ArrowDown}{Enter}");
    expect(props("m")).toEqual({ provider: "openai", model: "gpt-5" });
    await retype(model, "new-one");
    expect(props("m")).toEqual({ provider: "openai", model: "new-one" });
  });

  it("a number that is none stays in its field, and the document keeps the last one", async () => {
    render(<Stand id="m" />);
    const timeout = screen.getByLabelText("Timeout (ms)");
    await user.type(timeout, "500");
    await user.type(timeout, "x");
    expect(timeout).toHaveProperty("value", "500x");
    expect(screen.getByText(/Nothing may follow|Write a number/)).toBeTruthy();
    expect(props("m")?.timeout).toBe(500);
    await user.clear(timeout);
    expect(props("m")).toEqual({ provider: "openai", model: "gpt-5" });
  });

  it("problems of the server stand at their field, and those without one above the form", () => {
    render(
      <Stand
        id="m"
        entries={[entry([4, "properties", "provider"], "No such provider."), entry([4], "Not reached.")]}
      />,
    );
    const provider = screen.getByRole("combobox", { name: "Provider" });
    expect(provider.getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByText("No such provider.").parentElement?.id).toBe(
      provider.getAttribute("aria-describedby"),
    );
    expect(screen.getByText("Not reached.")).toBeTruthy();
  });
});

describe("the limit's form", () => {
  it("writes the window under the name that is there", async () => {
    render(<Stand id="cap" />);
    await retype(screen.getByLabelText("Window (seconds)"), "3600");
    expect(screen.getByText("That is 1 hour.")).toBeTruthy();
    expect(props("cap")).toEqual({ limitType: "count", limit: 10, interval: 3600, key: "" });
  });

  it("counts dollars when it counts cost, and asks about models without a price only then", async () => {
    render(<Stand id="cap" />);
    expect(screen.queryByLabelText("Model without a price")).toBeNull();
    await user.selectOptions(screen.getByLabelText("Counts"), "cost");
    await user.selectOptions(screen.getByLabelText("Model without a price"), "allow");
    await retype(screen.getByLabelText("Budget (US dollars)"), "2.5");
    expect(props("cap")).toMatchObject({ limitType: "cost", limit: 2.5, onUnknownPrice: "allow" });
    await user.selectOptions(screen.getByLabelText("Model without a price"), "");
    expect(props("cap")).not.toHaveProperty("onUnknownPrice");
  });
});

describe("the split's form", () => {
  it("says what is missing as one types, and makes it 100", async () => {
    render(<Stand id="split" />);
    expect(screen.getByText("Total 90%: 10% missing")).toBeTruthy();
    await retype(screen.getByLabelText("Share 2, in percent"), "45.5");
    expect(screen.getByText("Total 105.5%: 5.5% too much")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Make it 100" }));
    expect(find(made.now, "split")?.outputs).toEqual({ "56.87%": lead("m"), "43.13%": lead("out") });
    expect(screen.queryByRole("button", { name: "Make it 100" })).toBeNull();
  });

  it("two equal shares are both kept, and the field keeps what is typed", async () => {
    render(<Stand id="split" />);
    const second = screen.getByLabelText("Share 2, in percent");
    await retype(second, "60");
    expect(second).toHaveProperty("value", "60");
    expect(Object.keys(find(made.now, "split")?.outputs ?? {})).toEqual(["60%", "60%:b"]);
    await user.click(screen.getByRole("button", { name: "Remove share 1" }));
    await user.click(screen.getByRole("button", { name: "Add else" }));
    expect(find(made.now, "split")?.outputs).toEqual({ "60%:b": lead("out"), else: lead("") });
  });
});

describe("the condition's form", () => {
  const json = () => screen.getByLabelText("As JSON");

  it("rows and JSON are in step, whichever is changed, and other properties stay", async () => {
    render(<Stand id="plan" />);
    await retype(screen.getByLabelText("Value"), "pro");
    expect(json()).toHaveProperty("value", '{"metadata.plan": {"$eq": "pro"}}');
    await retype(json(), '{"$or": [{"metadata.a": 1}, {"headers.x": {"$exists": false}}]}');
    expect(screen.getAllByLabelText("Field").map((it) => it.getAttribute("value"))).toEqual([
      "metadata.a",
      "headers.x",
    ]);
    expect(props("plan")?.later).toBe(1);
  });

  it("broken JSON stays as typed, says where it breaks, and the rows wait", async () => {
    render(<Stand id="plan" />);
    await retype(json(), '{"a": }');
    expect(screen.getByText("Line 1, column 7: A value belongs here.")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Add row" })).toBeNull();
    expect(props("plan")?.conditions).toEqual({ "metadata.plan": { $eq: "paid" } });
    await user.click(screen.getByRole("button", { name: "Edit side by side" }));
    expect(json()).toHaveProperty("value", '{"a": }');
    await user.click(screen.getByRole("button", { name: "Discard what was typed" }));
    expect(json()).toHaveProperty("value", '{"metadata.plan": {"$eq": "paid"}}');
    expect(screen.getByRole("button", { name: "Add row" })).toBeTruthy();
  });

  it("rows, groups, lists and negations are built without JSON", async () => {
    render(<Stand id="plan" />);
    await user.selectOptions(screen.getByLabelText("Comparison"), "$in");
    await user.type(screen.getByLabelText("One more value"), "pro{Enter}10{Enter}");
    await user.click(screen.getByLabelText("not"));
    await user.click(screen.getByRole("button", { name: "Add group" }));
    const group = screen.getByRole("group", { name: "At least one of these holds" });
    await user.type(within(group).getByLabelText("Field"), "request.hour");
    expect(props("plan")?.conditions).toEqual({
      "metadata.plan": { $not: { $in: ["paid", "pro", 10] } },
      $or: [{ "request.hour": 0 }],
    });
    await user.click(within(group).getByRole("button", { name: "Remove the group" }));
    expect(props("plan")?.conditions).toEqual({ "metadata.plan": { $not: { $in: ["paid", "pro", 10] } } });
  });

  it("a problem stands at its row", () => {
    const path = [1, "properties", "conditions", "metadata.plan", "$eq"];
    render(<Stand id="plan" entries={[entry(path, "Not that.")]} />);
    expect(screen.getByLabelText("Field").getAttribute("aria-invalid")).toBe("true");
  });
});

describe("every element", () => {
  it("is renamed when its field is left, and what led to it follows", async () => {
    render(<Stand id="m" />);
    const id = screen.getByLabelText("Id");
    await retype(id, "out");
    expect(screen.getByText("Another element has this id.")).toBeTruthy();
    await retype(id, "main{Enter}".replace("{Enter}", ""));
    expect(find(made.now, "m")).toBeDefined();
    await user.keyboard("{Enter}");
    expect(find(made.now, "split")?.outputs).toEqual({ "60%": lead("main"), "30%": lead("out") });
  });

  it("its outputs are led elsewhere by a list", async () => {
    render(<Stand id="m" />);
    await user.selectOptions(screen.getByLabelText("fallback"), "cap");
    expect(find(made.now, "m")?.outputs).toEqual({ success: lead("out"), fallback: lead("cap") });
    await user.selectOptions(screen.getByLabelText("fallback"), "");
    expect(find(made.now, "m")?.outputs).toEqual({ success: lead("out") });
  });

  it("who may only read sees everything and can change nothing", () => {
    for (const it of doc) {
      render(<Stand id={it.id} readOnly />);
      for (const field of screen.queryAllByRole("textbox")) expect(field).toHaveProperty("readOnly", true);
      for (const field of screen.queryAllByRole("combobox"))
        expect(field.hasAttribute("disabled") || field.hasAttribute("readonly")).toBe(true);
      for (const button of screen.queryAllByRole("button"))
        expect(button.textContent).toBe("Edit side by side");
      cleanup();
    }
  });
});
