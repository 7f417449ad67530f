import { QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";
import { newQueryClient } from "@/api/queries";
import { only } from "@/canvas/types";
import { find, properties } from "@/graph/document";
import { place } from "@/graph/problems";
import { sample } from "@/test/documents";
import { serve } from "@/test/server";
import { RouteProvider } from "../context";
import { DraftProvider } from "../draft/context";
import type { Keep, Kept } from "../draft/keep";
import { DraftStore } from "../draft/store";
import { Side } from "./Side";

const user = userEvent.setup();
const problems = place([], []);
const read = { doc: sample, etag: '"1"', problems, by: undefined };
const here = { account: "a", gateway: "g", id: "r" };
const route = JSON.parse(JSON.stringify({ id: "r", name: "support", elements: sample }));
beforeEach(() => void serve({}));

function open(id: string) {
  let kept: Kept | undefined;
  const keep: Keep = {
    read: () => kept,
    write: (it) => {
      kept = { ...it, time: "2026-11-26T10:00:00Z" };
      return true;
    },
    clear: () => {
      kept = undefined;
    },
  };
  const server = { read: async () => read, write: async () => read, check: async () => problems };
  const store = new DraftStore({ server, read, readOnly: false, keep });
  store.dispatch({ type: "select", selection: only(id) });
  render(
    <QueryClientProvider client={newQueryClient()}>
      <RouteProvider value={{ at: here, route }}>
        <DraftProvider value={store}>
          <Side onJump={(selection) => store.dispatch({ type: "select", selection })} onJson={() => {}} />
        </DraftProvider>
      </RouteProvider>
    </QueryClientProvider>,
  );
  const select = (to: string) => act(() => store.dispatch({ type: "select", selection: only(to) }));
  return { store, select, kept: () => kept };
}
const shown = (it: HTMLElement) =>
  it instanceof HTMLInputElement || it instanceof HTMLTextAreaElement ? it.value : "";

it("after a rename with Enter the focus is still in the field of the id", async () => {
  const { store } = open("big");
  const field = await screen.findByLabelText("Id");
  await user.clear(field);
  await user.type(field, "large{Enter}");
  expect(find(store.get().document, "large")).toBeDefined();
  expect(shown(screen.getByLabelText("Id"))).toBe("large");
  expect(document.activeElement).toBe(screen.getByLabelText("Id"));
});

it("broken JSON is kept when another element is selected, told as a problem that leads back, and survives a reload", async () => {
  const { store, select, kept } = open("plan");
  await user.type(await screen.findByLabelText("As JSON"), ",");
  select("big");
  expect(await screen.findByLabelText("Provider")).toBeTruthy();
  const problem = screen.getByRole("button", { name: /What was typed into “As JSON” is not in the graph/ });
  expect(kept()?.unread.map((it) => it.text)).toEqual(['{"metadata.plan": "paid"},']);
  await user.click(problem);
  expect(shown(await screen.findByLabelText("As JSON"))).toBe('{"metadata.plan": "paid"},');
  await user.click(screen.getByRole("button", { name: "Discard what was typed into As JSON of plan" }));
  expect(shown(screen.getByLabelText("As JSON"))).toBe('{"metadata.plan": "paid"}');
  expect([store.get().unread, kept()]).toEqual([[], undefined]);
  expect(document.activeElement).toBe(screen.getByRole("region", { name: "Problems" }));
});

it("a number that is none, and an id that is taken, are kept too, and follow their element when it is renamed", async () => {
  const { store, select } = open("big");
  await user.type(await screen.findByLabelText("Timeout (ms)"), "5x");
  const id = screen.getByLabelText("Id");
  await user.clear(id);
  await user.type(id, "small");
  select("small");
  select("big");
  expect(shown(await screen.findByLabelText("Id"))).toBe("small");
  await user.type(screen.getByLabelText("Id"), "er{Enter}");
  expect(shown(screen.getByLabelText("Timeout (ms)"))).toBe("5x");
  expect(store.get().unread.map((it) => [it.element, it.text])).toEqual([["smaller", "5x"]]);
  await user.clear(screen.getByLabelText("Timeout (ms)"));
  await user.type(screen.getByLabelText("Timeout (ms)"), "500");
  const element = find(store.get().document, "smaller");
  expect(element && properties(element).timeout).toBe(500);
  expect(store.get().unread).toEqual([]);
});
