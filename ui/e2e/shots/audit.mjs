import { at } from "../lib/scene.mjs";

export default at("/audit", (page) => page.getByRole("heading", { level: 1 }).waitFor());
