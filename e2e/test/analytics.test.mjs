// Analytics: exact sums of known traffic, by what requests have in common, by what elements called and by the edges of a route; of one
// gateway and of all; and who may see them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ACCOUNT, createRoute, el, startGateway } from '../lib/gateway.mjs';
import { until } from '../lib/services.mjs';
import { completion, event, say, startUpstream } from '../lib/upstream.mjs';

const DEFAULT = '/ai-gateway/gateways/default';
const SECOND = '/ai-gateway/gateways/second';
const REQUESTS = 8;
/** Requests to the second gateway: three by a route whose first element fails and is billed, and two for the same answer. */
const OF_SECOND = 5;
/** Nano-dollars of one call, 12 tokens in and 7 out. */
const CALL = (12 * 2 + 7 * 4) * 1000;
let upstream;
let gateway;
let paid;
let free;
let twice;

const post = async (model, metadata, { content = 'hello', headers = {}, at = 'default', stream = false } = {}) => {
  const response = await gateway.fetch(`/v1/${ACCOUNT}/${at}/compat/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'cf-aig-metadata': JSON.stringify(metadata), ...headers },
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content }] }),
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
const ofAll = async (query = '', headers = {}) => result(await gateway.admin(`/ai-gateway/analytics?${query}`, { headers }));
/** Requests of each group, by its values. */
const counts = (answer) => Object.fromEntries(answer.groups.map((it) => [answer.group.map((by) => it.group[by]).join('/'), it.requests]));

const nano = (dollars) => Math.round(dollars * 1e9);
const set = { authentication: false, cache_invalidate_on_update: false, cache_ttl: null, collect_logs: true, rate_limiting_interval: null, rate_limiting_limit: null };
const priced = (at, model) => gateway.admin(`${at}/prices`, { method: 'PUT', body: { provider: 'openai', model, input: '0.000002', output: '0.000004' } }).then(result);
const tokenFor = async (permission, gateways) => {
  const made = await result(await gateway.admin('/tokens', { method: 'POST', body: { name: permission, permissions: [permission], gateways } }));
  return { authorization: `Bearer ${made.value ?? made.token}` };
};

/** A stream that says nothing but what it used. */
const used = ({ res }) => {
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  res.end(event({ choices: [], usage: completion('').usage }) + event('[DONE]'));
};
const answers = { broken: say.status(500), gone: say.status(500), dumb: used };

async function fillSecond() {
  await result(await gateway.admin('/ai-gateway/gateways', { method: 'POST', body: { id: 'second', ...set } }));
  await priced(SECOND, 'dumb');
  await priced(SECOND, 'good');
  twice = await createRoute(gateway, 'twice', [el.start('dumb'), el.model('dumb', 'dumb', { fallback: 'good' }), el.model('good', 'good'), el.end()], 'second');
  const cached = { content: 'kept', at: 'second', headers: { 'cf-aig-cache-ttl': '60' } };
  const statuses = [];
  for (let it = 0; it < 3; it += 1) statuses.push(await post('dynamic/twice', {}, { at: 'second', stream: true }));
  statuses.push(await post('openai/good', {}, cached), await post('openai/good', {}, cached));
  assert.deepEqual(statuses, Array(OF_SECOND).fill(200));
}

before(async () => {
  upstream = await startUpstream();
  upstream.use((it) => (answers[it.req.json.model] ?? say.completion('hi'))(it));
  gateway = await startGateway({
    env: {
      POINTSMAN_PROVIDER_OPENAI_BASE_URL: upstream.base, OPENAI_API_KEY: 'sk-a',
      POINTSMAN_PROVIDER_GROQ_BASE_URL: upstream.base, GROQ_API_KEY: 'sk-b',
    },
  });
  await priced(DEFAULT, 'good');
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
  await fillSecond();
  await until('all are summed up', async () => (await ofAll()).total.requests === REQUESTS + OF_SECOND);
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
    await result(await gateway.admin('/ai-gateway/gateways', { method: 'POST', body: { id: 'other', ...set } }));
    const status = async (permission, gateways) => {
      const headers = await tokenFor(permission, gateways);
      const at = (where) => gateway.admin(where, { headers }).then((it) => it.status);
      return [await at(`${DEFAULT}/analytics`), await at(`${DEFAULT}/routes/${paid.id}/analytics`), await at('/ai-gateway/gateways/other/analytics')];
    };
    assert.deepEqual(await status('AI Gateway Read', ['default']), [200, 200, 404]);
    assert.deepEqual(await status('AI Gateway Read', ['other']), [404, 404, 200]);
    assert.deepEqual(await status('AI Gateway Run', ['default']), [403, 403, 403]);
  });

  test('of all gateways, and of those that a token may read', async () => {
    const all = await ofAll('group=gateway');
    assert.deepEqual([all.total.requests, counts(all)], [REQUESTS + OF_SECOND, { default: REQUESTS, second: OF_SECOND }]);
    assert.deepEqual(counts(await ofAll('group=gateway,provider&gateway=second')), { 'second/openai': OF_SECOND });
    assert.deepEqual(counts(await ofAll('group=provider')), { openai: 10, groq: 2, unknown: 1 });
    const headers = await tokenFor('AI Gateway Read', ['second']);
    const limited = await ofAll('group=gateway', headers);
    assert.deepEqual([limited.total.requests, counts(limited), limited.rest.requests], [OF_SECOND, { second: OF_SECOND }, 0]);
    assert.equal(nano(limited.total.cost), nano((await result(await gateway.admin(`${SECOND}/analytics`))).total.cost));
    assert.deepEqual((await ofAll('gateway=default', headers)).total.requests, 0);
    const run = await tokenFor('AI Gateway Run', ['second']);
    assert.equal((await gateway.admin('/ai-gateway/analytics', { headers: run })).status, 403);
  });

  test('calls say what each element used of its own, and add up to what the logs say', async () => {
    const calls = await result(await gateway.admin(`${SECOND}/analytics?of=calls&group=element`));
    const own = Object.fromEntries(calls.groups.map((it) => [it.group.element, [it.requests, it.errors, nano(it.cost), it.tokens_in, it.tokens_out]]));
    // The one that failed was billed; the answer from the cache made no call.
    assert.deepEqual(own, { dumb: [3, 3, 3 * CALL, 36, 21], good: [3, 0, 3 * CALL, 36, 21], null: [1, 0, CALL, 12, 7] });
    const logs = await (await gateway.admin(`${SECOND}/logs?per_page=50`)).json();
    assert.equal(logs.result.length, OF_SECOND);
    const sum = (field) => logs.result.filter((it) => !it.cached).reduce((all, it) => all + it[field], 0);
    assert.deepEqual([nano(calls.total.cost), calls.total.tokens_in, calls.total.tokens_out], [nano(sum('cost')), sum('tokens_in'), sum('tokens_out')]);
    const requests = await result(await gateway.admin(`${SECOND}/analytics?group=element`));
    assert.deepEqual([requests.total.cost, requests.total.tokens_in], [calls.total.cost, calls.total.tokens_in]);
    const failed = await result(await gateway.admin(`${DEFAULT}/analytics?of=calls&element=broken`));
    assert.deepEqual([failed.total.requests, failed.total.errors, failed.total.cost, failed.total.tokens_in], [3, 3, 0, 0], 'not billed');
    const { edges } = await result(await gateway.admin(`${SECOND}/routes/${twice.id}/analytics`));
    const edge = edges.find((it) => it.element === 'dumb');
    assert.deepEqual([edge.output, edge.requests, nano(edge.cost), nano(edge.own.cost), edge.own.errors], ['fallback', 3, 6 * CALL, 3 * CALL, 3]);
  });

  test('what cannot be combined says what can', async () => {
    const response = await gateway.admin(`${DEFAULT}/analytics?group=key,version`);
    assert.equal(response.status, 400);
    assert.match(JSON.stringify(await response.json()), /route.*provider.*model/);
  });
});
