import { at } from "../lib/scene.mjs";

export default at("/routes/{route}", (page) => page.getByRole("region", { name: "Problems" }).waitFor());
