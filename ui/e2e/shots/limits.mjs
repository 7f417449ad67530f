import { at } from "../lib/scene.mjs";

export default at("/limits", (page) => page.getByText("of 5").first().waitFor());
