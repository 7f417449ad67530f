import { at } from "../lib/scene.mjs";

export default at("/gateways", (page) => page.getByRole("heading", { name: "Gateways" }).waitFor());
