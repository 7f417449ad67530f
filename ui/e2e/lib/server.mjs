// The real binary with a database of its own, which goes with it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const target = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL("../../../target", import.meta.url));
const binary = resolve(process.env.POINTSMAN_BIN ?? join(target, "debug/pointsman"));

/** The admin token of every server started here. */
export const ADMIN = "admin-token-of-the-browser-tests";

/**
 * Starts a server with the sample route `dynamic/hello`, whose provider is built in.
 * `api(method, path, body)` asks the management API below the account, as the administrator, and gives the reply's `result`.
 */
export async function startServer(environment = {}) {
  const folder = await mkdtemp(join(tmpdir(), "pointsman-ui-"));
  const env = {
    POINTSMAN_DATA_DIR: join(folder, "data"),
    POINTSMAN_LISTEN: "127.0.0.1:0",
    POINTSMAN_ADMIN_TOKEN: ADMIN,
    ...environment,
  };
  const child = spawn(binary, ["serve", "--sample"], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "exit");
  const said = { text: "" };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (it) => {
      said.text += it;
    });
  }
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const url = await listening(child, said);
    return { url, stop, api: (method, path, body) => manage(url, method, path, body) };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function listening(child, said) {
  const end = AbortSignal.timeout(30_000);
  while (!end.aborted) {
    const [, url] = /^listening on (http:\/\/\S+)\n/m.exec(said.text) ?? [];
    if (url !== undefined) return url;
    if (child.exitCode !== null) break;
    await Promise.race([once(child.stdout, "data", { signal: end }), once(child, "exit", { signal: end })]);
  }
  throw new Error(`${binary} did not start:\n${said.text}`);
}

async function manage(url, method, path, body) {
  const reply = await fetch(`${url}/client/v4/accounts/default${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const read = await reply.json();
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(read.errors)}`);
  return read.result;
}
