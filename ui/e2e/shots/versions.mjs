import { at } from "../lib/scene.mjs";

export default at("/routes/{route}?tab=versions", (page) => page.getByText("Version 2").first().waitFor());
