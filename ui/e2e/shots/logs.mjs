import { at } from "../lib/scene.mjs";

export default at("/logs", (page) => page.getByRole("table", { name: "Logs" }).waitFor());
