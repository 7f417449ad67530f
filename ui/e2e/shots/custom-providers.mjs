import { at } from "../lib/scene.mjs";

export default at("/custom-providers", (page) => page.getByRole("heading", { level: 1 }).waitFor());
