// A route with every kind of element, of which the server has nothing to say.
export const to = (elementId) => ({ elementId });
export const model = (id, success, fallback) => ({
  id,
  type: "model",
  properties: { provider: "echo", model: "echo" },
  outputs: { success: to(success), fallback: to(fallback) },
});
export const SOUND = [
  { id: "start", type: "start", outputs: { next: to("plan") } },
  {
    id: "plan",
    type: "conditional",
    properties: { conditions: { "metadata.plan": { $eq: "paid" } } },
    outputs: { true: to("split"), false: to("budget") },
  },
  { id: "split", type: "percentage", properties: {}, outputs: { "60%": to("large"), "40%": to("small") } },
  {
    id: "budget",
    type: "rate",
    properties: { limitType: "count", key: "metadata.user", limit: 5, window: 60 },
    outputs: { success: to("small"), fallback: to("spare") },
  },
  model("large", "end", "small"),
  model("small", "end", "spare"),
  model("spare", "end", "end"),
  { id: "end", type: "end", outputs: {} },
];
