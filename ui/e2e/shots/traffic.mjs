import { at } from "../lib/scene.mjs";

export default at("/routes/{route}?tab=traffic", (page) => page.getByText("40 requests").waitFor());
