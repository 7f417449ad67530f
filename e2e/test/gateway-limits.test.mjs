// Limits of a gateway itself: set through the npm `cloudflare` SDK, felt through the npm `openai` SDK; counted in the process, and in Redis.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import Cloudflare from 'cloudflare';
import OpenAI from 'openai';
import { ACCOUNT, createRoute, el, startGateway, walked } from '../lib/gateway.mjs';
import { say, startUpstream } from '../lib/upstream.mjs';

let gateway;
let upstream;
let client;
const account_id = ACCOUNT;
const messages = [{ role: 'user', content: 'ping' }];
// 1000 tokens in and 500 out of gpt-4o cost 0.0075 $.
const usage = { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 };
const base = { account_id, cache_invalidate_on_update: false, cache_ttl: null, collect_logs: true, rate_limiting_interval: null, rate_limiting_limit: null, authentication: false };
const filter = (...values) => ({ mode: 'filter', values });
const partition = { mode: 'partition' };
const rule = (limit, more = {}) => ({ limit, limitType: 'cost', window: 3600, ...more });

/** A server of its own for the tests of a suite. */
function serving(env = () => ({})) {
  before(async () => {
    upstream = await startUpstream();
    gateway = await startGateway({ env: { POINTSMAN_PROVIDER_OPENAI_BASE_URL: upstream.base, OPENAI_API_KEY: 'sk-test', ...env() } });
    client = gateway.cloudflare();
  });
  after(async () => { await gateway?.stop(); await upstream?.stop(); });
  beforeEach(() => { upstream.clear(); upstream.use(say.completion('hello', { usage })); });
}

/** The Redis that `make e2e` starts. */
function redis() {
  const url = process.env.POINTSMAN_TEST_REDIS_URL;
  assert.ok(url, 'POINTSMAN_TEST_REDIS_URL is not set: run this through `make e2e` or `scripts/with-services`');
  return { POINTSMAN_REDIS_URL: url };
}

let made = 0;
/** A gateway of its own with these settings, and a way to call it. */
async function limited(settings) {
  const id = `limits-${process.pid}-${made++}`;
  const created = await client.aiGateway.create({ ...base, id });
  assert.equal(created.spend_limits, null);
  const kept = await client.aiGateway.update(id, { ...base, ...settings });
  const post = async (model, metadata, body = {}) => {
    const response = await gateway.fetch(`/v1/${ACCOUNT}/${id}/compat/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(metadata ? { 'cf-aig-metadata': JSON.stringify(metadata) } : {}) },
      body: JSON.stringify({ model, messages, max_tokens: 10, ...body }),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  return { id, kept, post };
}

/** What every refusal tells, whatever refused. */
function assertRefused({ status, headers, body }, expected) {
  assert.equal(status, 429, JSON.stringify(body));
  assert.equal(body.errors[0].code, expected.code);
  assert.equal(headers.get('x-should-retry'), 'false');
  const { limit } = body.pointsman;
  for (const name of ['kind', 'element', 'rule', 'type', 'key', 'value', 'limit', 'remaining', 'window', 'technique', 'reset_at', 'retry_after']) assert.ok(name in limit, `${name} in ${JSON.stringify(limit)}`);
  for (const [name, value] of Object.entries(expected.limit)) assert.deepEqual(limit[name], value, name);
  assert.equal(headers.get('retry-after'), String(limit.retry_after));
  assert.ok(limit.retry_after > 0 && limit.retry_after <= limit.window);
  assert.ok(limit.reset_at > Date.now() - 1000);
}

describe('settings', () => {
  serving();

  test('are returned as they were written, and a rule sent again without its id keeps it', async () => {
    const rules = [
      rule(5.25, { metadata: { user: partition, team: filter('red', 'blue') } }),
      rule(1, { id: '0a1b2c3d', enabled: false, technique: 'fixed', model: filter('gpt-4o'), provider: filter('openai'), onUnavailable: 'open' }),
    ];
    const settings = { rate_limiting_interval: 60, rate_limiting_limit: 100, rate_limiting_technique: 'sliding', spend_limits: { enabled: true, rules } };
    const { id, kept } = await limited(settings);
    const got = await client.aiGateway.get(id, { account_id });
    assert.deepEqual(got.spend_limits, kept.spend_limits);
    assert.deepEqual([got.rate_limiting_interval, got.rate_limiting_limit, got.rate_limiting_technique], [60, 100, 'sliding']);
    const [first, second] = got.spend_limits.rules;
    assert.match(first.id, /^[0-9a-f]{8}$/);
    assert.deepEqual(first, { ...rules[0], id: first.id, enabled: true, technique: 'sliding' });
    assert.deepEqual(second, rules[1]);
    const again = await client.aiGateway.update(id, { ...base, ...settings });
    assert.deepEqual(again.spend_limits, got.spend_limits);
    assert.equal((await client.aiGateway.update(id, base)).spend_limits, null);
  });

  test('with faults are refused, every one of them told with its place', async () => {
    const rules = [rule(0), rule(1, { window: 0.5, modell: filter('x') }), rule(1, { limitType: 'tokens', metadata: { user: { mode: 'filter' } } })];
    await assert.rejects(limited({ rate_limiting_limit: 5, rate_limiting_interval: 0, spend_limits: { rules } }), (error) => {
      assert.ok(error instanceof Cloudflare.BadRequestError, error.message);
      const places = error.errors.map((it) => it.source?.pointer);
      assert.deepEqual(places, ['/rate_limiting_interval', '/spend_limits/rules/0/limit', '/spend_limits/rules/1/modell', '/spend_limits/rules/1/window', '/spend_limits/rules/2/limitType', '/spend_limits/rules/2/metadata/user/values']);
      return true;
    });
  });
});

for (const [where, env] of [['this process', undefined], ['Redis', redis]]) describe(`traffic, counted in ${where}`, () => {
  serving(env);

  test("a gateway's limit of requests ends the walk with 2003, and SDKs do not try again", async () => {
    const { id, post } = await limited({ rate_limiting_interval: 3600, rate_limiting_limit: 2, rate_limiting_technique: 'sliding' });
    await createRoute(gateway, 'pair', [el.start('a'), el.model('a', 'm-a', { fallback: 'b' }), el.model('b', 'm-b'), el.end()], id);
    upstream.once(say.status(500, {}));
    assert.equal((await post('dynamic/pair')).headers.get('cf-aig-model'), 'm-b', 'two calls of one request count once');
    assert.equal((await post('openai/gpt-4o')).status, 200);
    upstream.clear();
    const refused = await post('dynamic/pair');
    assertRefused(refused, { code: 2003, limit: { kind: 'gateway_rate', element: null, rule: null, type: 'count', limit: 2, remaining: 0, window: 3600, technique: 'sliding' } });
    assert.deepEqual(walked(refused), ['start', 'a']);
    const before = await refusals(id);
    const openai = gateway.openai({ gateway: id, maxRetries: 2 });
    await assert.rejects(openai.chat.completions.create({ model: 'dynamic/pair', messages }), (error) => {
      assert.ok(error instanceof OpenAI.RateLimitError);
      assert.equal(error.code, 'rate_limit_exceeded');
      return true;
    });
    assert.equal(upstream.seen.length, 0);
    assert.equal((await refusals(id)) - before, 1, 'one request, not three');
    // Without the limit it is open again at once.
    await client.aiGateway.update(id, base);
    assert.equal((await post('dynamic/pair')).status, 200);
  });

  test('a spent budget is 2045 on a direct call, for each user apart', async () => {
    const { post } = await limited({ spend_limits: { enabled: true, rules: [rule(0.01, { id: '0000beef', metadata: { user: partition } })] } });
    const statuses = [];
    for (const user of ['ann', 'ann', 'ann', 'bob']) statuses.push((await post('openai/gpt-4o', { user })).status);
    assert.deepEqual(statuses, [200, 200, 429, 200], '2 × 0.0075 $ of real cost fill a budget of 0.01 $');
    const refused = await post('openai/gpt-4o', { user: 'ann' });
    assertRefused(refused, { code: 2045, limit: { kind: 'spend', element: null, rule: '0000beef', type: 'cost', key: 'metadata.user', value: 'ann', provider: 'openai', model: 'gpt-4o', limit: '0.01', remaining: '0', window: 3600, technique: 'sliding' } });
    assert.match(refused.body.error.message, /^Spend limit exceeded: rule '0000beef' \(cost limit 0\.01 per 3600s, sliding\) for openai gpt-4o/);
  });

  test('inside a route a spent model is passed over for the next one, and the path names the rule', async () => {
    const { id, post } = await limited({ spend_limits: { rules: [rule(0.01, { id: '0000cafe', model: filter('gpt-4o') })] } });
    await createRoute(gateway, 'thrifty', [el.start('dear'), el.model('dear', 'gpt-4o', { fallback: 'cheap' }), el.model('cheap', 'echo', { provider: 'echo' }), el.end()], id);
    await createRoute(gateway, 'dear', [el.start('dear'), el.model('dear', 'gpt-4o'), el.end()], id);
    const models = [];
    for (let n = 0; n < 4; n++) models.push((await post('dynamic/thrifty')).headers.get('cf-aig-model'));
    assert.deepEqual(models, ['gpt-4o', 'gpt-4o', 'echo', 'echo']);
    assert.equal(upstream.seen.length, 2, 'nothing is sent to a model that is spent');
    const refused = await post('dynamic/dear');
    assertRefused(refused, { code: 2045, limit: { kind: 'spend', rule: '0000cafe', key: null, value: null } });
    assert.equal(refused.body.pointsman.path[1].rule, '0000cafe');
    assert.equal(refused.body.pointsman.path[1].attempts[0].cause, 'limited_spend');
    // The same settings again, another limit: what was spent stays.
    await client.aiGateway.update(id, { ...base, spend_limits: { rules: [rule(0.014, { model: filter('gpt-4o') })] } });
    assert.equal((await post('dynamic/dear')).status, 429);
    await client.aiGateway.update(id, { ...base, spend_limits: { rules: [rule(1, { model: filter('gpt-4o') })] } });
    assert.equal((await post('dynamic/dear')).status, 200);
  });

  test('a model without a price is not called under a budget, and the refusal says which', async () => {
    const { post } = await limited({ spend_limits: { rules: [rule(1, { id: '0000f00d' })] } });
    const { status, headers, body } = await post('openai/nobody-knows-what-it-costs');
    assert.equal(status, 502);
    assert.equal(body.errors[0].code, 2005);
    assert.equal(body.pointsman.limit.kind, 'price_unknown');
    assert.equal(body.pointsman.limit.rule, '0000f00d');
    assert.equal(headers.get('retry-after'), '60');
    assert.equal(upstream.seen.length, 0);
  });

  test('refusals are counted by their kind and logged with it', async () => {
    const metrics = await (await gateway.fetch('/metrics')).text();
    for (const kind of ['gateway_rate', 'spend', 'price_unknown']) assert.match(metrics, new RegExp(`pointsman_limit_refusals_total\\{kind="${kind}"\\} [1-9]`));
  });
});

/** How many requests of a gateway have ended with a 4xx. */
async function refusals(id) {
  const metrics = await (await gateway.fetch('/metrics')).text();
  const line = metrics.match(new RegExp(`pointsman_requests_total\\{gateway="${id}",status="4xx"\\} (\\d+)`));
  return Number(line?.[1] ?? 0);
}
