// The log of a request says why it went where it went, what it cost, and where its time went.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { ACCOUNT, createRoute, el, startGateway } from '../lib/gateway.mjs';
import { until } from '../lib/services.mjs';
import { say, startUpstream } from '../lib/upstream.mjs';

const LOGS = '/ai-gateway/gateways/default/logs';
const PATH = ['start:next', 'vip:true', 'cap:success', 'big:fallback', 'small:success', 'end:end'];
let upstream;
let gateway;

before(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ env: { POINTSMAN_PROVIDER_OPENAI_BASE_URL: upstream.base, OPENAI_API_KEY: 'sk-canary-77' } });
  const price = { provider: 'openai', model: 'small', input: '0.000002', output: '0.000004' };
  assert.equal((await gateway.admin('/ai-gateway/gateways/default/prices', { method: 'PUT', body: price })).status, 200);
  await createRoute(gateway, 'r', [
    el.start('vip'),
    el.conditional('vip', { 'metadata.plan': 'paid', 'body.user': { $ne: 'nobody' } }, 'cap', 'small'),
    el.rate('cap', { key: 'metadata.team', limit: 1 }, 'big', 'small'),
    el.model('big', 'big', { fallback: 'small' }),
    el.model('small', 'small'),
    el.end(),
  ]);
});
beforeEach(() => {
  upstream.clear();
  upstream.use((it) => (it.req.json.model === 'big' ? say.status(500) : say.completion('answer-canary'))(it));
});
after(async () => { await gateway.stop(); await upstream.stop(); });

const post = (model, headers = {}, body = {}) => gateway.fetch(`/v1/${ACCOUNT}/default/compat/chat/completions`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ model, user: 'user-canary', messages: [{ role: 'user', content: 'prompt-canary' }], ...body }),
});
const result = async (where) => (await (await gateway.admin(where)).json()).result;
const logged = async (response) => {
  const id = response.headers.get('cf-aig-log-id');
  await until('the request is logged', async () => (await gateway.admin(`${LOGS}/${id}`)).status === 200);
  return result(`${LOGS}/${id}`);
};
const of = (team) => ({ 'cf-aig-metadata': JSON.stringify({ plan: 'paid', team }) });

test('a log says what was read, which way it went, how long each part took and what each attempt came to', async () => {
  const response = await post('dynamic/r', of('a'));
  assert.equal(response.status, 200);
  await response.text();
  const { request_head: request, response_head: answer, pointsman: ours, ...log } = await logged(response);
  assert.deepEqual([log.provider, log.model, log.success, log.status_code], ['openai', 'small', true, 200]);
  assert.ok(request.includes('prompt-canary') && answer.includes('answer-canary'));
  assert.deepEqual(ours.path.map((it) => `${it.element}:${it.outcome}`), PATH);
  assert.ok(ours.path.every((it, nth, all) => nth === 0 || it.at_us >= all[nth - 1].at_us), 'elements are reached one after the other');
  const [, , cap, big, small] = ours.path;
  assert.deepEqual([cap.limit.limit, cap.limit.taken], [1, 1]);
  assert.deepEqual([big.attempts[0].status, big.attempts[0].cause], [500, 'status']);
  assert.deepEqual([small.attempts[0].status, small.attempts[0].cause], [200, null]);
  const { input, cache_read: cacheRead, cache_write: cacheWrite, output, other } = ours.costs;
  assert.ok(log.cost > 0 && Math.abs(input + cacheRead + cacheWrite + output + other - log.cost) < 1e-9, JSON.stringify(ours.costs));
  assert.ok(ours.times.upstream_us > 0 && ours.times.gateway_us >= ours.times.route_us);
  assert.equal(ours.finish, 'stop');
  const inputs = Object.fromEntries(ours.decision.inputs.map((it) => [it.field, it.value]));
  assert.deepEqual(inputs, { 'metadata.plan': 'paid', 'body.user': 'user-canary', 'metadata.team': 'a' });
  assert.deepEqual(ours.decision.answers.map((it) => `${it.element}:${it.answer}`), ['cap:success', 'big:fallback', 'small:success']);
});

test('without payloads nothing of the body is in the log', async () => {
  const response = await post('dynamic/r', { ...of('b'), 'cf-aig-collect-log-payload': 'false' });
  await response.text();
  const log = JSON.stringify(await logged(response));
  assert.ok(log.includes('"withheld":true'), log);
  for (const it of ['user-canary', 'prompt-canary', 'answer-canary', 'sk-canary']) assert.ok(!log.includes(it), `${it} is in ${log}`);
});

test('a request that is refused before it is walked is logged as well', async () => {
  const response = await post('dynamic/nope');
  assert.equal(response.status, 404);
  const { pointsman: ours, ...log } = await logged(response);
  assert.deepEqual([log.status_code, log.success, log.provider, log.model], [404, false, 'unknown', 'dynamic/nope']);
  assert.deepEqual([ours.path, ours.cause], [[], 'route_not_found']);
  assert.ok(log.request_head.includes('prompt-canary'));
});

test('a response tells its own way when it is asked to', async () => {
  const response = await post('dynamic/r', { ...of('c'), 'pointsman-trace': '1' });
  const trace = response.headers.get('pointsman-trace');
  assert.ok(trace.startsWith(`log=${response.headers.get('cf-aig-log-id')}; path=start:next@`), trace);
  assert.match(trace, /big:fallback@\d+\(openai\/big 500 status \d+\),small:success@\d+\(openai\/small 200 ok \d+\)/);
  assert.match(response.headers.get('server-timing'), /^gateway;dur=[\d.]+, route;dur=[\d.]+, upstream;dur=[\d.]+$/);
  assert.ok(!/canary/.test(trace), trace);
  assert.equal((await post('dynamic/r', of('d'))).headers.get('pointsman-trace'), null);
});
