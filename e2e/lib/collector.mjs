// PyPI `rotel`: a collector that other people wrote (`scripts/need python-rotel`). It prints the spans and metrics that it gets.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownPort, until } from './services.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

function binary() {
  const lib = path.join(root, '.tools/rotel/lib');
  const [python] = readdirSync(lib).filter((it) => it.startsWith('python3'));
  return path.join(lib, python, 'site-packages/rotel/rotel-agent');
}

/** Listens for OTLP over HTTP and over gRPC; on the same ports as before if they are given. */
export async function startCollector(ports) {
  const [http, grpc] = ports ?? [await ownPort(), await ownPort()];
  const args = ['start', '--exporter', 'blackhole', '--debug-log', 'traces', '--debug-log', 'metrics', '--debug-log-verbosity', 'detailed',
    '--otlp-http-endpoint', `127.0.0.1:${http}`, '--otlp-grpc-endpoint', `127.0.0.1:${grpc}`];
  const child = spawn(binary(), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = [];
  for (const it of [child.stdout, child.stderr]) it.on('data', (data) => output.push(data.toString()));
  const reap = () => child.kill('SIGKILL');
  process.on('exit', reap);
  const exited = new Promise((done) => { child.on('exit', done); child.on('error', (error) => { output.push(String(error)); done(); }); });
  await until('the collector answers', async () => (await fetch(`http://127.0.0.1:${http}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/x-protobuf' } })).status > 0, { within: 30_000, every: 50 });
  return {
    ports: [http, grpc],
    http: `http://127.0.0.1:${http}`,
    grpc: `http://127.0.0.1:${grpc}`,
    output: () => output.join(''),
    async stop() { child.kill('SIGKILL'); await exited; process.off('exit', reap); },
  };
}
