import { at } from "../lib/scene.mjs";

export default at("/routes/{route}?tab=try", (page) =>
  page.getByRole("button", { name: "Simulate", exact: true }).waitFor(),
);
