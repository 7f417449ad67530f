import { at } from "../lib/scene.mjs";

export default at("/prices", (page) => page.getByRole("heading", { level: 1 }).waitFor());
