import { at } from "../lib/scene.mjs";

export default at("/tokens", (page) => page.getByRole("heading", { level: 1 }).waitFor());
