// Mock servers that other people wrote: their idea of the providers' wire formats, and of how providers fail. Each in an environment of its own
// (`scripts/need python-mocks`), because two of them have a command of the same name.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownPort, until } from './services.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

async function start(command, args, port, ready) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: tmpdir() });
  const output = [];
  for (const it of [child.stdout, child.stderr]) it.on('data', (data) => output.push(data.toString()));
  const reap = () => child.kill('SIGKILL');
  process.on('exit', reap);
  const exited = new Promise((done) => { child.on('exit', done); child.on('error', (error) => { output.push(String(error)); done(); }); });
  const url = `http://127.0.0.1:${port}`;
  await until(`${path.basename(command)} answers: ${output.join('')}`, async () => (await fetch(`${url}${ready}`)).status < 500, { within: 60_000, every: 100 });
  return {
    url,
    async stop() { child.kill('SIGKILL'); await exited; process.off('exit', reap); },
  };
}

/** PyPI `llmock`: repeats the prompt, and fails as it is told to. */
export async function startLlmock() {
  const port = await ownPort();
  const server = await start(path.join(root, '.tools/llmock/bin/llmock'), ['serve', '-p', String(port), '--response-style', 'echo', '--log-level', 'warning'], port, '/health');
  const admin = async (where, init) => {
    const reply = await fetch(`${server.url}/_llmock${where}`, init);
    if (!reply.ok) throw new Error(`llmock ${where}: ${reply.status} ${await reply.text()}`);
    return reply.json();
  };
  return {
    ...server,
    /** From now on, and until `reset`, calls of models whose names begin with `faulty` go so. */
    fails: (behavior) => admin('/scenario', { method: 'POST', body: JSON.stringify({ behaviors: [{ times: null, ...behavior, match: { model: 'faulty*' } }] }) }),
    requests: () => admin('/requests'),
    reset: () => admin('/reset', { method: 'POST' }),
  };
}

/** npm `@copilotkit/aimock`: says what its fixtures say. */
export async function startAimock(fixtures) {
  const port = await ownPort();
  const dir = mkdtempSync(path.join(tmpdir(), 'pointsman-aimock-'));
  const file = path.join(dir, 'fixtures.json');
  writeFileSync(file, JSON.stringify({ fixtures }));
  const command = path.join(root, 'e2e/node_modules/@copilotkit/aimock/dist/cli.js');
  const server = await start(process.execPath, [command, '-p', String(port), '-f', file, '--log-level', 'warn'], port, '/health');
  return { ...server, async stop() { await server.stop(); rmSync(dir, { recursive: true, force: true }); } };
}

/** PyPI `llm-katan` without a model: repeats what it was asked, and wants each provider's own way of giving a key. */
export async function startKatan(more = []) {
  const port = await ownPort();
  const dir = mkdtempSync(path.join(tmpdir(), 'pointsman-katan-'));
  const args = ['-m', 'echo', '-b', 'echo', '-h', '127.0.0.1', '-p', String(port), '--providers', 'openai,anthropic,vertexai,bedrock,azure_openai', '--stats-file', path.join(dir, 'stats.json'), '--disable-dashboard', ...more];
  const server = await start(path.join(root, '.tools/llm-katan/bin/llm-katan'), args, port, '/health');
  return { ...server, async stop() { await server.stop(); rmSync(dir, { recursive: true, force: true }); } };
}
