// A real language model on this machine: SmolLM2-135M under llama.cpp's server (see model_server.py).
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { refusedPort } from './upstream.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const python = process.env.POINTSMAN_MODEL_PYTHON ?? path.resolve(here, '../../.tools/model/bin/python');

/** Resolves with the OpenAI base URL once the model answers. */
export async function startModel() {
  const port = await refusedPort();
  const child = spawn(python, [path.join(here, 'model_server.py'), String(port)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = [];
  child.stdout.on('data', (data) => output.push(data));
  child.stderr.on('data', (data) => output.push(data));
  let ended = false;
  const exited = new Promise((done) => child.on('exit', () => { ended = true; done(); }));
  const base = `http://127.0.0.1:${port}/v1`;
  for (let tries = 0; tries < 600; tries++) {
    if (ended) throw new Error(`the model server ended: ${output.join('')}`);
    try { if ((await fetch(`http://127.0.0.1:${port}/health`)).ok) break; } catch { /* not yet */ }
    await new Promise((done) => setTimeout(done, 100));
  }
  return { base, async stop() { child.kill('SIGKILL'); await exited; } };
}
