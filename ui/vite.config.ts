import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import type { ProxyOptions } from "vite";
import { defineConfig } from "vitest/config";

/** Where `npm run dev` finds a running server. */
const server = process.env.POINTSMAN_URL ?? "http://127.0.0.1:8787";

/** What a page of the development server sends is, to the server, sent by a page of its own; what another site sends stays foreign. */
const proxied: ProxyOptions = {
  target: server,
  changeOrigin: true,
  configure: (proxy) =>
    proxy.on("proxyReq", (out, { headers }) => {
      if (headers.origin === `http://${headers.host}`) out.setHeader("origin", new URL(server).origin);
    }),
};

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    manifest: true,
    target: "es2022",
    // The CSP has no `data:` for scripts or fonts, and every asset is to have a name of its own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/client": proxied, "/session": proxied, "/openapi.json": proxied } },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test/setup.ts"],
    testTimeout: 60_000,
  },
});
