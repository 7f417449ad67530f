import { at } from "../lib/scene.mjs";

export default at("/analytics", (page) => page.getByRole("heading", { name: "Analytics" }).waitFor());
