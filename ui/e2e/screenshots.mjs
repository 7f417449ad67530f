// Writes docs/screenshots/NAME-light.png and NAME-dark.png for every shot in e2e/shots, or for those named.
// A shot: `export default { prepare?: async (server) => {}, show: async (page, server) => {}, size?: { width, height } }`.
import { mkdir, readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { assertNoFaults, openBrowser, openPage } from "./lib/browser.mjs";
import { startServer } from "./lib/server.mjs";

const shots = new URL("./shots/", import.meta.url);
const target = new URL("../../docs/screenshots/", import.meta.url);

const all = (await readdir(shots)).filter((it) => it.endsWith(".mjs")).map((it) => it.slice(0, -4));
const asked = process.argv.slice(2);
for (const name of asked) if (!all.includes(name)) throw new Error(`there is no e2e/shots/${name}.mjs`);

await mkdir(target, { recursive: true });
const browser = await openBrowser();
try {
  for (const name of asked.length > 0 ? asked : all) {
    const { default: shot } = await import(new URL(`${name}.mjs`, shots).href);
    await shoot(name, shot);
  }
} finally {
  await browser.close();
}

/** A server a shot, so that none shows what another has made. */
async function shoot(name, shot) {
  const server = await startServer();
  try {
    await shot.prepare?.(server);
    for (const theme of ["light", "dark"]) {
      const page = await openPage(browser, server, { theme, ...shot.size });
      await shot.show(page, server);
      await page.waitForLoadState("networkidle");
      const path = fileURLToPath(new URL(`${name}-${theme}.png`, target));
      await page.screenshot({ path });
      assertNoFaults(page);
      await page.context().close();
      console.log(path);
    }
  } finally {
    await server.stop();
  }
}
