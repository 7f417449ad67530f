import { describe, expect, it } from "vitest";
import { ALL, fits, isPast, named, words } from "./deeds";
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

  it("is looked through by days, of which the first and the last are within", () => {
    const at = (day: number, hour: number) => ({
      ...deed,
      created_at: new Date(2026, 10, day, hour).toISOString(),
    });
    const wanted = { ...ALL, from: "2026-11-25", to: "2026-11-26" };
    const found = [at(27, 0), at(26, 23), at(25, 0), at(24, 23)].filter((it) => fits(it, wanted));
    expect(found).toEqual([at(26, 23), at(25, 0)]);
    expect([isPast(at(24, 23), wanted), isPast(at(25, 0), wanted), isPast(at(1, 0), ALL)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("is searched in everything that an entry says", () => {
    expect(fits(deed, ALL)).toBe(true);
    expect(fits(deed, { ...ALL, text: "OpenAI" })).toBe(true);
    expect(fits(deed, { ...ALL, text: "groq" })).toBe(false);
    expect(fits(deed, { ...ALL, actor: "t2" })).toBe(false);
    expect(fits(deed, { ...ALL, action: "route.create" })).toBe(false);
  });
});
