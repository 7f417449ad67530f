import { at } from "../lib/scene.mjs";

export default at("/settings", (page) => page.getByRole("heading", { level: 1 }).waitFor());
