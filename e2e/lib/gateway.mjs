// Starts the real binary on a data folder of its own and a free port.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Cloudflare from 'cloudflare';
import OpenAI from 'openai';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const binary = process.env.POINTSMAN_BIN ?? path.join(root, 'target/debug/pointsman');
export const ADMIN_TOKEN = 'admin-canary-5f1d7c0e9b3a4862';
export const ACCOUNT = 'default';

/**
 * `env` adds to the environment; `args` to `serve`; `under` is a command that becomes the server. Resolves once the server says where it
 * listens.
 */
export async function startGateway({ env = {}, args = [], dataDir, under = [] } = {}) {
  const dir = dataDir ?? mkdtempSync(path.join(tmpdir(), 'pointsman-e2e-'));
  const [command, ...rest] = [...under, binary, 'serve', ...args];
  const child = spawn(command, rest, {
    env: { PATH: process.env.PATH, HOME: dir, POINTSMAN_LISTEN: '127.0.0.1:0', POINTSMAN_DATA_DIR: dir, POINTSMAN_ADMIN_TOKEN: ADMIN_TOKEN, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: dir,
  });
  const output = [];
  const url = await new Promise((done, fail) => {
    const look = (data) => {
      output.push(data.toString());
      const found = output.join('').match(/listening on (http:\/\/127\.0\.0\.1:\d+)/);
      if (found) done(found[1]);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.on('exit', (code) => fail(new Error(`pointsman ended with ${code}: ${output.join('')}`)));
  });
  const exited = new Promise((done) => child.on('exit', (code, signal) => done({ code, signal })));
  return {
    url, dir, child, exited,
    logs: () => output.join(''),
    api: `${url}/client/v4`,
    compat: (gateway = 'default') => `${url}/v1/${ACCOUNT}/${gateway}/compat`,
    cloudflare: (options = {}) => new Cloudflare({ apiToken: ADMIN_TOKEN, baseURL: `${url}/client/v4`, maxRetries: 0, ...options }),
    openai: ({ gateway, ...options } = {}) =>
      new OpenAI({ apiKey: 'no-key-needed', baseURL: `${url}/v1/${ACCOUNT}/${gateway ?? 'default'}/compat`, maxRetries: 0, ...options }),
    fetch: (where, init = {}) => fetch(`${url}${where}`, init),
    /** A metric, summed over its series. */
    async metric(name) {
      const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n').filter((it) => it.startsWith(name) && '{ '.includes(it[name.length]));
      return lines.reduce((sum, it) => sum + Number(it.slice(it.lastIndexOf(' '))), 0);
    },
    /** What the server occupies now, and what it has occupied at most, in bytes. */
    memory() {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      const bytes = (name) => Number(status.match(new RegExp(`${name}:\\s+(\\d+) kB`))[1]) * 1024;
      return { now: bytes('VmRSS'), most: bytes('VmHWM') };
    },
    admin: (where, { body, ...init } = {}) =>
      fetch(`${url}/client/v4/accounts/${ACCOUNT}${where}`, {
        ...init,
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...init.headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    async stop() {
      child.kill('SIGTERM');
      const ended = await exited;
      if (!dataDir) rmSync(dir, { recursive: true, force: true });
      return ended;
    },
    async kill() { child.kill('SIGKILL'); await exited; },
  };
}

/** Element builders: only what a test wants to say. */
export const el = {
  start: (next, id = 'start') => ({ id, type: 'start', outputs: { next: { elementId: next } } }),
  model: (id, model, { provider = 'openai', success = 'end', fallback, timeout = 0, retries = 0 } = {}) => ({
    id, type: 'model',
    outputs: { success: { elementId: success }, ...(fallback ? { fallback: { elementId: fallback } } : {}) },
    properties: { provider, model, timeout, retries },
  }),
  conditional: (id, conditions, yes, no) => ({ id, type: 'conditional', outputs: { true: { elementId: yes }, false: { elementId: no } }, properties: { conditions } }),
  percentage: (id, shares, properties) => ({
    id, type: 'percentage',
    outputs: Object.fromEntries(Object.entries(shares).map(([share, elementId]) => [share, { elementId }])),
    ...(properties ? { properties } : {}),
  }),
  rate: (id, properties, success, fallback) => ({
    id, type: 'rate',
    outputs: { success: { elementId: success }, ...(fallback ? { fallback: { elementId: fallback } } : {}) },
    properties: { key: '', limitType: 'count', window: 60, ...properties },
  }),
  end: (id = 'end') => ({ id, type: 'end', outputs: {} }),
};

/** Creates a route on the default gateway through the SDK. */
export async function createRoute(gateway, name, elements, gatewayId = 'default') {
  return gateway.cloudflare().aiGateway.dynamicRouting.create(gatewayId, { account_id: ACCOUNT, name, elements });
}
/** `name@version` and the walked element ids of a response. */
export const walked = (response) => (response.headers.get('pointsman-path') ?? '').split(',').filter(Boolean).map(decodeURIComponent);
