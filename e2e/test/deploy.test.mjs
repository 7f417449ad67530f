// What `deploy/` ships is what the cluster tests run, and says nothing that the program does not know.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startGateway } from '../lib/gateway.mjs';
import { checkBalancer } from '../lib/services.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const read = (name) => readFileSync(path.join(root, name), 'utf8');
const shipped = ['deploy/compose.yaml', 'deploy/Dockerfile', 'deploy/env.example', 'deploy/pointsman.service'];
/** Variables of the compose file alone. */
const ofCompose = new Set(['POINTSMAN_PORT']);
let dir;
before(() => { dir = mkdtempSync(path.join(tmpdir(), 'pointsman-deploy-')); });
after(() => rmSync(dir, { recursive: true, force: true }));

/** The keys of the file that lists every setting. */
const settings = new Set([...read('pointsman.default.toml').matchAll(/^#?([a-z_]+) = /gm)].map((it) => `POINTSMAN_${it[1].toUpperCase()}`));

describe('what is shipped for deployment', () => {
  for (const name of [...shipped, 'docs/operations.md']) {
    test(`names only settings that exist: ${name}`, () => {
      const named = [...read(name).matchAll(/\bPOINTSMAN_[A-Z_]+\b/g)].map((it) => it[0]);
      assert.deepEqual(named.filter((it) => !settings.has(it) && !ofCompose.has(it)), []);
    });
  }

  test('is watched by metrics that exist', () => {
    const sources = ['', '/logs', '/traffic'].map((it) => read(`crates/telemetry/src/metrics${it}.rs`)).join('\n');
    const registered = new Set([...sources.matchAll(/\.register\(\s*"([a-z_]+)"/g)].map((it) => `pointsman_${it[1]}`));
    assert.ok(registered.has('pointsman_in_flight'));
    const named = [...read('docs/operations.md').matchAll(/`(pointsman_[a-z_]+)`/g)].map((it) => it[1]);
    assert.ok(named.length > 10);
    assert.deepEqual(named.filter((it) => !registered.has(it) && !registered.has(it.replace(/_total$/, ''))), []);
  });

  test('is described with what happens in each outage, as a test shows that is there', () => {
    const section = read('docs/operations.md').split('\n## ').find((it) => it.startsWith('What happens when'));
    const rows = section.split('\n').filter((it) => it.startsWith('| **'));
    assert.ok(rows.length > 10);
    for (const row of rows) {
      const shown = row.split(' | ').at(-1);
      const tests = [...shown.matchAll(/`([a-z_\-./]+)` “([^”]+)”/g)];
      assert.ok(tests.length > 0 || /^not tested/.test(shown), row);
      for (const [, file, name] of tests) assert.ok(read(/\.mjs$/.test(file) ? `e2e/test/${file}` : `crates/${file}`).includes(name), `${name} is not in ${file}`);
    }
  });

  test('is a valid compose file', () => {
    execFileSync(path.join(root, '.tools/schema/bin/check-jsonschema'), ['--builtin-schema', 'vendor.compose-spec', path.join(root, 'deploy/compose.yaml')], { stdio: 'pipe' });
  });

  test('fills the nginx configuration that the tests run, with every node, so that nginx takes it', () => {
    const compose = read('deploy/compose.yaml');
    assert.match(compose, /\.\/nginx\.conf\.template:\/etc\/nginx\/templates\/nginx\.conf\.template:ro/);
    const nodes = [...compose.matchAll(/^ {8}(server .*;)$/gm)].map((it) => it[1]);
    assert.deepEqual(nodes.map((it) => it.match(/^server (\w+):8787 /)[1]), [...compose.matchAll(/^ {2}(\w+): \*node$/gm)].map((it) => it[1]));
    checkBalancer({ LB_LISTEN: '8080', LB_NODES: nodes.map((it) => it.replace(/node(\d)/, '127.0.0.$1')).join('\n') });
  });

  test('is a systemd unit without mistakes, with little exposure', () => {
    const unit = path.join(dir, 'pointsman.service');
    writeFileSync(unit, read('deploy/pointsman.service').replace('ExecStart=/usr/local/bin/pointsman', `ExecStart=${process.execPath}`));
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' });
    assert.deepEqual({ status, said: stdout + stderr }, { status: 0, said: '' });
    // Tenths of a level from 0 to 10: fails above 2.
    execFileSync('systemd-analyze', ['security', '--offline=yes', '--no-pager', '--threshold=20', unit], { stdio: 'pipe' });
  });

  test('asks for readiness in a way that a node answers', async () => {
    const gateway = await startGateway();
    try {
      const port = new URL(gateway.url).port;
      const command = read('deploy/compose.yaml').match(/- bash\n\s+- -c\n\s+- (.*)\n/)[1];
      execFileSync('bash', ['-c', command.replace('127.0.0.1/8787', `127.0.0.1/${port}`)], { timeout: 5000, stdio: 'pipe' });
      await gateway.stop();
      assert.throws(() => execFileSync('bash', ['-c', command.replace('127.0.0.1/8787', `127.0.0.1/${port}`)], { timeout: 5000, stdio: 'pipe' }));
    } finally { await gateway.stop(); }
  });
});
