// What a simulation says is what production does; and routes as files, by the command line against the same server.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { ADMIN_TOKEN, ACCOUNT, createRoute, el, startGateway, walked } from '../lib/gateway.mjs';
import { until } from '../lib/services.mjs';
import { say, startUpstream } from '../lib/upstream.mjs';

const ROUTES = '/ai-gateway/gateways/default/routes';
const LOGS = '/ai-gateway/gateways/default/logs';
const REQUESTS = 40;
const body = { messages: [{ role: 'user', content: 'hello' }] };
let upstream;
let gateway;
let route;

const result = async (response) => {
  const json = await response.json();
  assert.equal(response.status, 200, JSON.stringify(json));
  return json.result;
};
const simulate = async (asked) => result(await gateway.admin(`${ROUTES}/${route.id}/simulate`, { method: 'POST', body: asked }));
const elements = (share) => [
  el.start('vip'),
  el.conditional('vip', { 'metadata.plan': 'paid', 'body.messages[0].content': { $contains: 'hello' } }, 'ab', 'sticky'),
  el.percentage('ab', { [share]: 'new', else: 'old' }),
  el.percentage('sticky', { '50%': 'new', else: 'old' }, { key: 'metadata.user' }),
  el.model('new', 'new', { fallback: 'old' }),
  { ...el.model('old', 'old'), 'x-unknown': { kept: 1.5 } },
  el.end(),
];
const cli = (...args) => {
  const binary = gateway.child.spawnargs[0];
  const done = spawnSync(binary, ['route', ...args, '--server', gateway.url], { cwd: gateway.dir, env: { POINTSMAN_TOKEN: ADMIN_TOKEN }, encoding: 'utf8' });
  return { code: done.status, text: done.stdout + done.stderr };
};

before(async () => {
  upstream = await startUpstream();
  upstream.use(say.completion('hi'));
  gateway = await startGateway({ env: { POINTSMAN_PROVIDER_OPENAI_BASE_URL: upstream.base, OPENAI_API_KEY: 'sk-a' } });
  route = await createRoute(gateway, 'r', elements('30%'));
});
after(async () => { await gateway.stop(); await upstream.stop(); });

test('requests simulated with the seeds of their logs take the ways that they took, and nobody is called', async () => {
  const sent = [];
  for (let nth = 0; nth < REQUESTS; nth += 1) {
    const metadata = { plan: nth % 2 ? 'paid' : 'free', user: `u${nth}` };
    const response = await gateway.fetch(`/v1/${ACCOUNT}/default/compat/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'cf-aig-metadata': JSON.stringify(metadata) },
      body: JSON.stringify({ model: 'dynamic/r', ...body }),
    });
    assert.equal(response.status, 200);
    await response.text();
    sent.push({ metadata, path: walked(response), id: response.headers.get('cf-aig-log-id'), model: response.headers.get('cf-aig-model') });
  }
  const calls = upstream.seen.length;
  const ways = new Set();
  for (const { metadata, path: real, id, model } of sent) {
    await until('the request is logged', async () => (await gateway.admin(`${LOGS}/${id}`)).status === 200);
    const { pointsman: ours } = await result(await gateway.admin(`${LOGS}/${id}`));
    const told = await simulate({ request: { metadata, body }, seed: ours.seed });
    assert.deepEqual([told.path.map((it) => it.element), told.answer.model, told.status], [real, model, 200]);
    ways.add(real.join());
  }
  assert.equal(ways.size, 4, 'both branches of both splits');
  assert.equal(upstream.seen.length, calls);
});

test('a distribution tells the shares, and what fails falls back', async () => {
  const request = { metadata: { plan: 'paid' }, body };
  const told = await simulate({ request, distribution: 10000, seed: '7' });
  const count = Object.fromEntries(told.distribution.models.map((it) => [it.model, it.count]));
  assert.equal(count.new + count.old, 10000);
  assert.ok(Math.abs(count.new - 3000) < 6 * Math.sqrt(10000 * 0.3 * 0.7), JSON.stringify(count));
  const failing = await simulate({ request, outcomes: { ab: '30%' }, down: ['openai/new'] });
  assert.deepEqual(failing.path.map((it) => `${it.element}:${it.outcome}`), ['start:next', 'vip:true', 'ab:30%', 'new:fallback', 'old:success', 'end:end']);
});

test('a route is pulled, changed, compared in words, pushed and rolled back', async () => {
  assert.equal(cli('pull', '--dir', 'routes').code, 0);
  const file = path.join(gateway.dir, 'routes/r.json');
  const pulled = readFileSync(file, 'utf8');
  assert.ok(pulled.includes('"x-unknown": {"kept": 1.5}'), pulled);
  assert.deepEqual(cli('push', file, '--check'), { code: 0, text: '`r` is as on the server\n' });
  writeFileSync(file, pulled.replace('"30%"', '"50%"'));
  const check = cli('push', file, '--check');
  assert.equal(check.code, 1);
  assert.match(check.text, /20% of what reaches `ab` moves from `old` \(openai\/old\) to `new` \(openai\/new\)/);
  assert.match(cli('push', file, '--comment', 'more').text, /version 2 is deployed/);
  assert.match(cli('rollback', 'r').text, /`r` runs version 1/);
  assert.equal(cli('pull', '--dir', 'routes').code, 0);
  assert.equal(readFileSync(file, 'utf8'), pulled);
});
