// Servers of a test's own, to be killed, cut off and started again: PostgreSQL, Redis, nginx, and a relay that can fall silent.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const run = promisify(execFile);
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Asks until `look` returns something true, and returns that; what it threw last is the reason of failure. */
export async function until(what, look, { within = 10_000, every = 20 } = {}) {
  const end = performance.now() + within;
  let last;
  for (;;) {
    try {
      const found = await look();
      if (found) return found;
      last = found;
    } catch (error) { last = error; }
    if (performance.now() > end) throw new Error(`not within ${within} ms: ${what} (last: ${last?.stack ?? JSON.stringify(last)})`);
    await pause(every);
  }
}

function given(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run this through \`make e2e\` or \`scripts/with-services\``);
  return value;
}

const free = (port) => new Promise((done) => {
  const it = net.createServer();
  it.once('error', () => done(false));
  it.listen(port, '127.0.0.1', () => it.close(() => done(true)));
});
const taken = new Set();

/** A port below the range from which the system takes its own, so that it is still free when its server comes back. */
export async function ownPort() {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 20_000);
    if (!taken.has(port) && await free(port)) { taken.add(port); return port; }
  }
}

const folder = (name) => { const it = mkdtempSync(path.join(tmpdir(), `pointsman-${name}-`)); chmodSync(it, 0o755); return it; };

/** A child that is killed when this process ends, whatever the reason. */
function launch(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const output = [];
  for (const it of [child.stdout, child.stderr]) it.on('data', (data) => output.push(data.toString()));
  const exited = new Promise((done) => { child.on('exit', done); child.on('error', (error) => { output.push(String(error)); done(-1); }); });
  const reap = () => child.kill('SIGKILL');
  process.on('exit', reap);
  exited.then(() => process.off('exit', reap));
  return {
    child, exited, said: () => output.join(''),
    async end(signal) { if (child.exitCode === null && child.signalCode === null) child.kill(signal); await exited; },
  };
}

/** Sends a signal to a process, then to its children. */
function signalAll(pid, signal) {
  process.kill(pid, signal);
  for (const child of readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)) {
    try { process.kill(Number(child), signal); } catch (error) { if (error.code !== 'ESRCH') throw error; }
  }
}

/** PostgreSQL does not run as root. */
const owner = () => (process.getuid() === 0 ? { uid: Number(execFileSync('id', ['-u', 'postgres'])), gid: Number(execFileSync('id', ['-g', 'postgres'])) } : {});

/** A PostgreSQL with an empty database; `kill` is a crash, `start` brings it back on the same port with what it had. */
export async function startPostgres() {
  const bin = given('POINTSMAN_TEST_POSTGRES_BIN');
  const dir = folder('postgres');
  const data = path.join(dir, 'data');
  mkdirSync(data);
  const who = owner();
  if (who.uid !== undefined) chownSync(data, who.uid, who.gid);
  await run(path.join(bin, 'initdb'), ['--pgdata', data, '--no-sync', '--auth=trust', '--username=postgres', '--encoding=UTF8', '--locale=C', '--no-instructions'], { ...who, cwd: data });
  const port = await ownPort();
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '200', fsync: 'off', restart_after_crash: 'off' };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  let server;
  const it = {
    port, data,
    async start() {
      // After a crash the old processes may take a moment to let go of the shared memory.
      await until('PostgreSQL starts', async () => {
        server = launch(path.join(bin, 'postgres'), ['-D', data, '-p', String(port), ...flags], { ...who, cwd: data });
        return Promise.race([server.exited.then(() => false), until('ready', () => /ready to accept connections/.test(server.said()), { within: 30_000 })]);
      }, { within: 60_000, every: 100 });
    },
    async kill() { await server.end('SIGKILL'); },
    /** Every process of it stands still until `thaw`: connections stay open, and nobody answers. The first one first, so that it makes no more. */
    freeze() { signalAll(server.child.pid, 'SIGSTOP'); },
    thaw() { signalAll(server.child.pid, 'SIGCONT'); },
    async stop() { await server.end('SIGINT'); rmSync(dir, { recursive: true, force: true }); },
    url: (through = port) => `postgres://postgres@127.0.0.1:${through}/postgres`,
    /** Rows as arrays of text. */
    async query(sql) {
      const { stdout } = await run(path.join(bin, 'psql'), ['-X', '-q', '-A', '-t', '-F', '\t', '-v', 'ON_ERROR_STOP=1', it.url(), '-c', sql]);
      return stdout.split('\n').filter(Boolean).map((line) => line.split('\t'));
    },
    /** Runs `sql` every `seconds` in one session until the returned function is called, which tells what was printed. */
    every(seconds, sql) {
      const watch = launch(path.join(bin, 'psql'), ['-X', '-q', '-A', '-t', it.url()], { stdio: ['pipe', 'pipe', 'pipe'] });
      watch.child.stdin.write(`${sql} \\watch ${seconds}\n`);
      return async () => { await watch.end('SIGKILL'); return watch.said(); };
    },
  };
  await it.start();
  return it;
}

/** A Redis that keeps every write in its append-only file; `start({ empty: true })` brings it back without what it had. */
export async function startRedis({ program = given('POINTSMAN_TEST_REDIS_SERVER') } = {}) {
  const dir = folder('redis');
  const port = await ownPort();
  let server;
  const it = {
    port,
    url: (through = port) => `redis://127.0.0.1:${through}`,
    async start({ empty = false } = {}) {
      const data = path.join(dir, 'data');
      if (empty) rmSync(data, { recursive: true, force: true });
      if (!existsSync(data)) mkdirSync(data);
      server = launch(program, ['--port', String(port), '--bind', '127.0.0.1', '--dir', data, '--appendonly', 'yes', '--save', '', '--maxmemory-policy', 'noeviction']);
      await until('Redis starts', async () => (await it.ask('PING')) === '+PONG', { within: 30_000 });
    },
    async kill() { await server.end('SIGKILL'); },
    async stop() { await server.end('SIGTERM'); rmSync(dir, { recursive: true, force: true }); },
    /** Every byte of every write that it was told, in order, whatever has become of it. */
    written: () => {
      const files = readdirSync(path.join(dir, 'data/appendonlydir')).filter((it) => it.endsWith('.aof')).sort();
      return Buffer.concat(files.map((it) => readFileSync(path.join(dir, 'data/appendonlydir', it))));
    },
    /** One command of words without spaces; the raw reply. */
    ask: (...words) => new Promise((done, fail) => {
      const socket = net.connect(port, '127.0.0.1', () => socket.write(`${words.join(' ')}\r\n`));
      socket.setTimeout(2000, () => socket.destroy(new Error('no reply')));
      socket.once('data', (data) => { socket.destroy(); done(data.toString().trim()); });
      socket.once('error', fail);
    }),
  };
  await it.start();
  return it;
}

/**
 * A TCP relay on a port of its own. `silence` is a network that swallows packets: connections are accepted, nothing comes through, nothing
 * is reset; `speak` heals it, and what was under way then arrives late, as TCP has it. `refuse` closes the port and what is open.
 * `watch(seen)` is shown every piece of data as (bytes, 'ask' | 'answer') before it goes on; what it returns true for is dropped.
 */
export async function startRelay(target) {
  const pairs = new Set();
  let silent = false;
  let watch;
  const join = (pair) => {
    const far = net.connect(target, '127.0.0.1');
    pair.far = far;
    far.setNoDelay(true);
    const end = () => { pair.near.destroy(); far.destroy(); pairs.delete(pair); };
    for (const [from, to, way] of [[pair.near, far, 'ask'], [far, pair.near, 'answer']]) {
      from.on('data', (data) => { if (!watch?.(data, way)) to.write(data); });
      from.on('error', end);
      from.on('close', end);
    }
    if (silent) far.pause();
    else pair.near.resume();
  };
  const server = net.createServer((near) => {
    const pair = { near, far: undefined };
    near.setNoDelay(true);
    near.pause();
    near.on('error', () => {});
    near.on('close', () => pairs.delete(pair));
    pairs.add(pair);
    if (!silent) join(pair);
  });
  const port = await ownPort();
  const listen = () => new Promise((done, fail) => { server.once('error', fail); server.listen(port, '127.0.0.1', done); });
  const cut = () => { for (const it of pairs) { it.near.destroy(); it.far?.destroy(); } pairs.clear(); };
  await listen();
  return {
    port,
    watch(seen) { watch = seen; },
    silence() { silent = true; for (const it of pairs) { it.near.pause(); it.far?.pause(); } },
    speak() {
      silent = false;
      for (const it of pairs) { if (!it.far) join(it); else { it.near.resume(); it.far.resume(); } }
    },
    async refuse() { const closed = new Promise((done) => server.close(done)); cut(); await closed; },
    accept: listen,
    async stop() { const closed = new Promise((done) => server.close(done)); cut(); if (server.listening) await closed; },
  };
}

/** Debian keeps nginx where only root looks. */
const nginx = () => ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/bin/nginx'].find(existsSync) ?? 'nginx';

/** The configuration that `deploy/` ships, filled in and written into `dir`. */
function fill(dir, values) {
  const file = path.join(dir, 'nginx.conf');
  writeFileSync(file, readFileSync(path.join(root, 'deploy/nginx.conf.template'), 'utf8').replace(/\$\{(\w+)\}/g, (whole, name) => values[name] ?? whole));
  return ['-p', dir, '-c', file];
}

/** Has nginx check its configuration with these values; throws what it says against it. */
export function checkBalancer(values) {
  const dir = folder('nginx');
  try { execFileSync(nginx(), ['-t', ...fill(dir, values)], { stdio: 'pipe' }); }
  finally { rmSync(dir, { recursive: true, force: true }); }
}

/** nginx in front of nodes on these ports; `use` puts others in their place, as an operator does: new configuration, SIGHUP. */
export async function startBalancer(ports) {
  const dir = folder('nginx');
  const port = await ownPort();
  const configure = (nodes) => fill(dir, { LB_LISTEN: `127.0.0.1:${port}`, LB_NODES: nodes.map((it) => `server 127.0.0.1:${it} max_fails=3 fail_timeout=2s;`).join('\n        ') });
  const server = launch(nginx(), [...configure(ports), '-g', 'daemon off;']);
  await until('nginx starts', () => {
    if (server.child.exitCode !== null) throw new Error(server.said());
    return new Promise((done) => { const it = net.connect(port, '127.0.0.1', () => { it.destroy(); done(true); }); it.on('error', () => done(false)); });
  });
  return {
    port, url: `http://127.0.0.1:${port}`, said: server.said,
    use(nodes) { configure(nodes); server.child.kill('SIGHUP'); },
    async stop() { await server.end('SIGTERM'); rmSync(dir, { recursive: true, force: true }); },
  };
}

/**
 * A file system of `mib` MiB for one server, which `under` mounts at `dir` where nobody else sees it, so that it goes with the server. `fill`
 * leaves no byte of it, `free` gives back what that took. Without the right to mount, the server does not start, and says why.
 */
export function smallDisk(dir, mib) {
  const root = process.getuid() === 0 ? ['unshare', '--mount'] : ['unshare', '--user', '--map-root-user', '--mount'];
  const ballast = (pid) => `/proc/${pid}/root${dir}/ballast`;
  return {
    under: [...root, 'sh', '-c', `mount -t tmpfs -o size=${mib}m,mode=0700 none "${dir}" && cd "${dir}" && exec "$@"`, 'sh'],
    fill(pid) {
      const file = openSync(ballast(pid), 'a');
      try {
        for (const bytes of [1 << 16, 1 << 12]) {
          const block = Buffer.alloc(bytes, 1);
          try { while (writeSync(file, block) === bytes); } catch (error) { if (error.code !== 'ENOSPC') throw error; }
        }
      } finally { closeSync(file); }
    },
    free(pid) { rmSync(ballast(pid)); },
  };
}
