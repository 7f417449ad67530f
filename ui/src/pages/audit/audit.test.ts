import { describe, expect, it } from "vitest";
import { ALL, fits, named, words } from "./deeds";
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

  it("is searched in everything that an entry says", () => {
    expect(fits(deed, ALL)).toBe(true);
    expect(fits(deed, { ...ALL, text: "OpenAI" })).toBe(true);
    expect(fits(deed, { ...ALL, text: "groq" })).toBe(false);
    expect(fits(deed, { ...ALL, actor: "t2" })).toBe(false);
    expect(fits(deed, { ...ALL, action: "route.create" })).toBe(false);
  });
});
