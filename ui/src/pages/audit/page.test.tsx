import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { ACCOUNT, open } from "@/test/page";
import { ok, refused, type Seen } from "@/test/server";

const deed = (number: number) => ({
  id: `e${number}`,
  created_at: "2027-01-01T00:00:00Z",
  actor: { id: "t1", name: "Ada" },
  action: "route.create",
  gateway_id: "default",
  resource: `r${number}`,
  detail: { name: `route ${number}` },
});
const deeds = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => deed(from + at));

const show = (listed: (asked: URLSearchParams) => ReturnType<typeof ok> | ReturnType<typeof refused>) =>
  open("/g/default/audit", "Write", {
    [`GET ${ACCOUNT}/audit`]: (it) => listed(new URL(it.url, "http://x").searchParams),
    [`GET ${ACCOUNT}/audit/names`]: ok({
      actors: [
        { id: "t1", name: "Ada" },
        { id: "t2", name: "Bob" },
      ],
      actions: ["route.create", "token.revoke"],
      complete: true,
    }),
  });

const asked = (seen: readonly Seen[]) =>
  seen.filter((it) => it.url.includes("/audit?")).map((it) => new URL(it.url, "http://x").searchParams);

it("the server is asked for who, what and text, also for what no loaded entry has", async () => {
  const seen = show(() => ok(deeds(1, 2), { result_info: { total_count: 2 } }));
  await screen.findByText("2 entries");
  await userEvent.selectOptions(screen.getByLabelText("Who"), "Bob");
  await userEvent.selectOptions(screen.getByLabelText("What"), "Token revoked");
  await userEvent.type(screen.getByLabelText("Search"), "spare");
  await waitFor(() =>
    expect(Object.fromEntries(asked(seen).at(-1) ?? [])).toEqual({
      page: "1",
      per_page: "100",
      actor_id: "t2",
      action: "token.revoke",
      search: "spare",
    }),
  );
  expect(
    asked(seen).filter((it) => it.get("search")?.startsWith("spa") && it.get("search") !== "spare"),
  ).toEqual([]);
  await screen.findByText("2 found");
});

it("how many there are is what the server says, and where none fits all can be shown again", async () => {
  show((query) =>
    query.has("search")
      ? ok([], { result_info: { total_count: 0 } })
      : ok(deeds(1, 100), { result_info: { total_count: 1234 } }),
  );
  await screen.findByText("1,234 entries");
  await userEvent.type(screen.getByLabelText("Search"), "nothing");
  await userEvent.click(await screen.findByText("Show all of them"));
  await screen.findByText("1,234 entries");
});

it("an older page that could not be read is said so and can be asked for again", async () => {
  let away = true;
  const seen = show((query) => {
    const info = { result_info: { total_count: 102 } };
    if (query.get("page") === "1") return ok(deeds(1, 100), info);
    return away ? refused(400, [{ code: 7001, message: "no" }]) : ok(deeds(100, 102), info);
  });
  const table = await screen.findByRole("region", { name: "Audit log" });
  table.scrollTop = 4000;
  fireEvent.scroll(table);
  await screen.findByText(/could not be read/);
  away = false;
  await userEvent.click(screen.getByText("Look again"));
  await waitFor(() => expect(screen.queryByText(/could not be read/)).toBeNull());
  expect(asked(seen).at(-1)?.get("page")).toBe("2");
});
