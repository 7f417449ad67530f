import { at } from "../lib/scene.mjs";

export default at("/logs/{log}", (page) => page.getByRole("heading", { level: 1 }).waitFor());
