import { describe, expect, it } from "vitest";
import { ALL, and, asked, distinct, named, words } from "./deeds";
import type { Deed } from "./queries";

const deed: Deed = JSON.parse(
  JSON.stringify({
    id: "1",
    created_at: "2026-11-26T10:00:00Z",
    actor: { id: "t1", name: "Ada" },
    action: "provider_config.create",
    gateway_id: "default",
    resource: "01a2",
    detail: { provider_slug: "openai", alias: "spare" },
  }),
);

describe("the audit log", () => {
  it("says in words what was done, and leaves alone what it does not know", () => {
    expect(words("provider_config.create")).toBe("Provider key made");
    expect(words("deployment.create")).toBe("Version deployed");
    expect(words("moon.paint")).toBe("moon.paint");
  });

  it("names what was changed by its name where there is one", () => {
    expect(named(deed)).toBe("spare");
  });

  it("is asked for days of which the first and the last are within, to their last millisecond", () => {
    const { start_date, end_date } = asked({ ...ALL, from: "2026-11-25", to: "2026-11-26" });
    expect(new Date(start_date)).toEqual(new Date(2026, 10, 25));
    expect(new Date(end_date).getTime()).toBe(new Date(2026, 10, 27).getTime() - 1);
    expect(asked(ALL)).toMatchObject({ start_date: "", end_date: "" });
    expect(asked({ ...ALL, from: "nonsense" }).start_date).toBe("");
  });

  it("is asked in the words of the API, and for everything where nothing is chosen", () => {
    const wanted = { ...ALL, gateway: "default", actor: "t2", action: "route.create", text: " OpenAI " };
    expect(asked(wanted)).toEqual({
      gateway_id: "default",
      actor_id: "t2",
      action: "route.create",
      search: "OpenAI",
      start_date: "",
      end_date: "",
    });
    expect(and(and(ALL, { text: "x" }), { text: "" })).toBe(ALL);
  });

  it("has each entry once, though it was on two pages", () => {
    const other = { ...deed, id: "2" };
    expect(distinct([deed, other, deed])).toEqual([deed, other]);
  });
});
