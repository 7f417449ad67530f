// Analytics: exact sums of known traffic, by what requests have in common and by the edges of a route, and who may see them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ACCOUNT, createRoute, el, startGateway } from '../lib/gateway.mjs';
import { until } from '../lib/services.mjs';
import { say, startUpstream } from '../lib/upstream.mjs';

const DEFAULT = '/ai-gateway/gateways/default';
const REQUESTS = 8;
let upstream;
let gateway;
let paid;
let free;

const post = async (model, metadata, { content = 'hello', headers = {} } = {}) => {
  const response = await gateway.fetch(`/v1/${ACCOUNT}/default/compat/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'cf-aig-metadata': JSON.stringify(metadata), ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content }] }),
  });
  await response.text();
  return response.status;
};
const result = async (response) => {
  const body = await response.json();
  assert.equal(response.status, 200, JSON.stringify(body));
  return body.result;
};
const asked = async (query = '') => result(await gateway.admin(`${DEFAULT}/analytics?${query}`));
/** Requests of each group, by its values. */
const counts = (answer) => Object.fromEntries(answer.groups.map((it) => [answer.group.map((by) => it.group[by]).join('/'), it.requests]));

before(async () => {
  upstream = await startUpstream();
  upstream.use((it) => (['broken', 'gone'].includes(it.req.json.model) ? say.status(500) : say.completion('hi'))(it));
  gateway = await startGateway({
    env: {
      POINTSMAN_PROVIDER_OPENAI_BASE_URL: upstream.base, OPENAI_API_KEY: 'sk-a',
      POINTSMAN_PROVIDER_GROQ_BASE_URL: upstream.base, GROQ_API_KEY: 'sk-b',
    },
  });
  const price = { provider: 'openai', model: 'good', input: '0.000002', output: '0.000004' };
  await result(await gateway.admin(`${DEFAULT}/prices`, { method: 'PUT', body: price }));
  paid = await createRoute(gateway, 'paid', [
    el.start('broken'), el.model('broken', 'broken', { provider: 'groq', fallback: 'good' }), el.model('good', 'good'), el.end(),
  ]);
  free = await createRoute(gateway, 'free', [el.start('m'), el.model('m', 'gone'), el.end()]);
  const cached = { content: 'kept', headers: { 'cf-aig-cache-ttl': '60' } };
  const statuses = [
    await post('dynamic/paid', { team: 'red' }), await post('dynamic/paid', { team: 'red' }), await post('dynamic/paid', { team: 'blue' }),
    await post('openai/good', { team: 'blue' }, cached), await post('openai/good', { team: 'blue' }, cached),
    await post('groq/cheap', {}), await post('groq/cheap', {}),
  ];
  assert.deepEqual(statuses, Array(7).fill(200));
  assert.ok((await post('dynamic/free', { team: 'red' })) >= 500);
  await until('all are summed up', async () => (await asked()).total.requests === REQUESTS);
});
after(async () => { await gateway.stop(); await upstream.stop(); });

describe('analytics', () => {
  test('are exact sums, and points add up to them', async () => {
    const { total, groups } = await asked('bucket=minute');
    assert.deepEqual(groups, []);
    const { requests, errors, cached, tokens_in: input, tokens_out: output, unpriced_requests: unpriced } = total;
    // Six of eight were answered by a model, each with 12 and 7 tokens; four of these by the one with a price of ours.
    assert.deepEqual([requests, errors, cached, input, output], [REQUESTS, 1, 1, 72, 42]);
    assert.deepEqual([total.cost, unpriced], [4 * (12 * 2 + 7 * 4) / 1e6, 2]);
    assert.equal(total.points.reduce((sum, it) => sum + it.requests, 0), REQUESTS);
    assert.ok(total.duration.p50 <= total.duration.p99);
  });

  test('by one dimension, by two, with a filter, and with metadata', async () => {
    const direct = await asked('group=route');
    assert.deepEqual(counts(direct), { [paid.id]: 3, [free.id]: 1, '': 4 });
    assert.deepEqual(counts(await asked('group=provider,model')), { 'openai/good': 5, 'groq/cheap': 2, 'unknown/dynamic/free': 1 });
    assert.deepEqual(counts(await asked('group=metadata.team')), { red: 3, blue: 3 });
    assert.deepEqual(counts(await asked('group=model,metadata.team')), { 'good/red': 2, 'good/blue': 3, 'dynamic/free/red': 1 });
    assert.equal((await asked('metadata.team=red&provider=openai')).total.requests, 2);
    const one = await asked('group=provider&limit=1');
    assert.deepEqual([counts(one), one.rest.requests], [{ openai: 5 }, 3]);
  });

  test('edges of a route say which way requests went, and how long an element took', async () => {
    const { total, edges } = await result(await gateway.admin(`${DEFAULT}/routes/${paid.id}/analytics`));
    assert.equal(total.requests, 3);
    const seen = edges.map((it) => `${it.element}:${it.output} ${it.requests}`).sort();
    assert.deepEqual(seen, ['broken:fallback 3', 'end:end 3', 'good:success 3', 'start:next 3']);
    assert.deepEqual(edges.filter((it) => it.own).map((it) => [it.element, it.own.requests]).sort(), [['broken', 3], ['good', 3]]);
    const failed = await result(await gateway.admin(`${DEFAULT}/routes/${free.id}/analytics`));
    const way = failed.edges.map((it) => `${it.element}:${it.output} ${it.requests} ${it.errors}`).sort();
    assert.deepEqual(way, ['m:failed 1 1', 'start:next 1 1']);
  });

  test('are for tokens that may read the gateway', async () => {
    await result(await gateway.admin('/ai-gateway/gateways', { method: 'POST', body: {
      id: 'other', cache_invalidate_on_update: false, cache_ttl: null, collect_logs: true, rate_limiting_interval: null, rate_limiting_limit: null,
    } }));
    const status = async (permission, gateways) => {
      const made = await result(await gateway.admin('/tokens', { method: 'POST', body: { name: permission, permissions: [permission], gateways } }));
      const headers = { authorization: `Bearer ${made.value ?? made.token}` };
      const at = (where) => gateway.admin(where, { headers }).then((it) => it.status);
      return [await at(`${DEFAULT}/analytics`), await at(`${DEFAULT}/routes/${paid.id}/analytics`), await at('/ai-gateway/gateways/other/analytics')];
    };
    assert.deepEqual(await status('AI Gateway Read', ['default']), [200, 200, 404]);
    assert.deepEqual(await status('AI Gateway Read', ['other']), [404, 404, 200]);
    assert.deepEqual(await status('AI Gateway Run', ['default']), [403, 403, 403]);
  });

  test('what cannot be combined says what can', async () => {
    const response = await gateway.admin(`${DEFAULT}/analytics?group=key,version`);
    assert.equal(response.status, 400);
    assert.match(JSON.stringify(await response.json()), /route.*provider.*model/);
  });
});
