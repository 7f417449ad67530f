// What a file of tests stands on: a server of its own and a browser.
import { after, before } from "node:test";
import { logIn, openBrowser, openPage } from "./browser.mjs";
import { ADMIN, startServer } from "./server.mjs";

/**
 * Opens both before the tests of a file and closes them after. `environment()` makes the server's, `prepare()` what the tests find there. A file
 * has no other hook before its tests: those of a file are not waited for one after the other. `open()` gives a page of a window of its own
 * in which somebody is logged in.
 */
export function stage({ environment = () => ({}), prepare = () => {} } = {}) {
  const it = {
    server: undefined,
    browser: undefined,
    async open({ token = ADMIN, ...options } = {}) {
      const page = await openPage(it.browser, it.server, options);
      await logIn(page, token);
      return page;
    },
  };
  before(async () => {
    it.server = await startServer(await environment());
    it.browser = await openBrowser();
    await prepare();
  });
  after(async () => {
    await it.browser?.close();
    await it.server?.stop();
  });
  return it;
}
