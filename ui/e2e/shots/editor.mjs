import { at } from "../lib/scene.mjs";

export default at("/routes/{route}", async (page) => {
  await page.locator('[data-key="plan"] .node-head').click();
  await page.getByRole("heading", { name: "Condition", level: 2 }).waitFor();
});
