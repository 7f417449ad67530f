import { at } from "../lib/scene.mjs";

export default at("/providers", (page) => page.getByRole("heading", { level: 1 }).waitFor());
