// Several keys of one provider: stored, shared by weight, named, passed over while they rest, and never sent to another server.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { ACCOUNT, createRoute, el, startGateway } from '../lib/gateway.mjs';
import { say, startUpstream } from '../lib/upstream.mjs';

const messages = [{ role: 'user', content: 'Say hello' }];
let upstream;
let elsewhere;
let gateway;

before(async () => {
  [upstream, elsewhere] = await Promise.all([startUpstream(), startUpstream()]);
  gateway = await startGateway({
    env: {
      POINTSMAN_PROVIDER_OPENAI_BASE_URL: upstream.base, OPENAI_API_KEY: 'sk-configured',
      POINTSMAN_PROVIDER_CUSTOM_LAB_API_KEY: 'sk-lab-configured', POINTSMAN_PROVIDER_CUSTOM_LAB_BASE_URL: upstream.base,
      POINTSMAN_ALLOW_PRIVATE_UPSTREAMS: 'true',
    },
  });
});
beforeEach(() => { for (const it of [upstream, elsewhere]) { it.clear(); it.use(say.completion('hello')); } });
after(async () => { await gateway.stop(); await upstream.stop(); await elsewhere.stop(); });

const call = (where, body) => gateway.admin(`/ai-gateway${where}`, body).then(async (it) => ({ status: it.status, ...await it.json() }));
const store = (id, alias, secret, more = {}, provider = 'openai') =>
  call(`/gateways/${id}/provider_configs`, { method: 'POST', body: { provider_slug: provider, alias, default_config: false, secret, ...more } });
const newGateway = async (id) => {
  const made = await call('/gateways', { method: 'POST', body: { id, authentication: false, cache_invalidate_on_update: false, cache_ttl: null, collect_logs: true, rate_limiting_interval: null, rate_limiting_limit: null } });
  assert.equal(made.success, true, JSON.stringify(made));
  await createRoute(gateway, 'r', [el.start('m'), el.model('m', 'gpt', { fallback: 'f' }), el.model('f', 'echo', { provider: 'echo' }), el.end()], id);
};
const ask = (id, model = 'openai/gpt', headers = {}) =>
  gateway.openai({ gateway: id, defaultHeaders: headers }).chat.completions.create({ model, messages });
const key = (seen) => (seen.headers.authorization ?? '').replace('Bearer ', '');
const keys = (server = upstream) => server.seen.map(key);
/** Answers each key as told, every other one well. */
const told = (scripts) => (tools) => (scripts[key(tools.req)] ?? say.completion('hello'))(tools);

describe('keys of one provider', () => {
  test('a refused key is followed by the next one at once, and rests, in other gateways too', async () => {
    await newGateway('rest');
    await store('rest', 'main', 'sk-rest-bad', { default_config: true });
    await store('rest', 'spare', 'sk-rest-good');
    upstream.use(told({ 'sk-rest-bad': say.status(401, 'no such key') }));
    await ask('rest', 'dynamic/r');
    await ask('rest', 'dynamic/r');
    assert.deepEqual(keys(), ['sk-rest-bad', 'sk-rest-good', 'sk-rest-good']);

    await newGateway('rest-too');
    await store('rest-too', 'other-name', 'sk-rest-bad', { default_config: true });
    await store('rest-too', 'spare', 'sk-rest-good-2');
    await ask('rest-too');
    assert.deepEqual(keys().slice(3), ['sk-rest-good-2']);
    const metrics = await (await gateway.fetch('/metrics')).text();
    assert.match(metrics, /pointsman_key_cooldowns_total\{provider="openai",reason="401"\} 1/);
    assert.doesNotMatch(gateway.logs() + metrics, /sk-rest/);
  });

  test('when all are exhausted the element falls back, until the first is back', async () => {
    await newGateway('spent');
    await store('spent', 'a', 'sk-spent-a');
    await store('spent', 'b', 'sk-spent-b');
    upstream.use(say.status(429, 'slow down', { 'retry-after': '2' }));
    const first = await ask('spent', 'dynamic/r');
    assert.equal(first.model, 'echo');
    assert.deepEqual(keys().toSorted(), ['sk-spent-a', 'sk-spent-b']);
    await assert.rejects(ask('spent'), (error) => {
      assert.equal(error.status, 429);
      assert.match(error.headers.get('retry-after'), /^[12]$/);
      return true;
    });
    assert.equal(upstream.seen.length, 2, 'nobody was called');
    upstream.use(say.completion('hello'));
    await new Promise((done) => setTimeout(done, 2100));
    assert.equal((await ask('spent')).choices[0].message.content, 'hello');
  });

  test('weights share the requests, and a weight changes without the key', async () => {
    await newGateway('weights');
    const heavy = await store('weights', 'heavy', 'sk-heavy', { weight: 9 });
    await store('weights', 'light', 'sk-light', { weight: 1 });
    assert.equal(heavy.result.weight, 9);
    for (let it = 0; it < 100; it += 1) await ask('weights');
    const count = keys().filter((it) => it === 'sk-heavy').length;
    assert.ok(count > 75 && count < 100, `${count} of 100`);

    const changed = await call(`/gateways/weights/provider_configs/${heavy.result.id}`, { method: 'PUT', body: { weight: 0 } });
    assert.equal(changed.result.weight, 0);
    upstream.clear();
    for (let it = 0; it < 20; it += 1) await ask('weights');
    assert.deepEqual(new Set(keys()), new Set(['sk-light']));
  });

  test('a request names the key, in routes too, and an unknown name is told with the known ones', async () => {
    await newGateway('named');
    await store('named', 'main', 'sk-main', { default_config: true });
    await store('named', 'team-b', 'sk-team-b');
    await ask('named', 'openai/gpt', { 'cf-aig-byok-alias': 'team-b' });
    await ask('named', 'dynamic/r', { 'cf-aig-byok-alias': 'team-b' });
    await ask('named');
    assert.deepEqual(keys(), ['sk-team-b', 'sk-team-b', 'sk-main']);
    await assert.rejects(ask('named', 'openai/gpt', { 'cf-aig-byok-alias': 'nope' }), (error) => {
      assert.equal(error.status, 400);
      assert.match(error.message, /no key `nope` for `openai`.*stored are `main`, `team-b`/);
      return true;
    });
  });
});

describe('a key stays with its server', () => {
  const lab = (base_url, more = {}) => ({ name: 'Lab', slug: 'lab', base_url, ...more });

  test('neither a stored nor a configured key follows a custom provider to another place', async () => {
    await newGateway('lab');
    const { result } = await call('/custom-providers', { method: 'POST', body: lab(upstream.base) });
    await ask('lab', 'custom-lab/m');
    assert.deepEqual(keys(), ['sk-lab-configured']);
    const stored = await store('lab', 'mine', 'sk-lab-stored', {}, 'custom-lab');
    await ask('lab', 'custom-lab/m');
    assert.deepEqual(keys(), ['sk-lab-configured', 'sk-lab-stored']);

    const moved = await call(`/custom-providers/${result.id}`, { method: 'PATCH', body: { base_url: elsewhere.base } });
    assert.match(moved.messages[0].message, /`mine`.*given for/);
    await ask('lab', 'custom-lab/m');
    assert.deepEqual(keys(elsewhere), ['no-key-needed'], 'called with what the caller sent, and with no key of ours');

    await call(`/custom-providers/${result.id}?force=true`, { method: 'DELETE' });
    await call('/custom-providers', { method: 'POST', body: lab(elsewhere.base) });
    await ask('lab', 'custom-lab/m');
    assert.deepEqual(keys(elsewhere).slice(1), ['no-key-needed'], 'made anew elsewhere');

    await call(`/gateways/lab/provider_configs/${stored.result.id}`, { method: 'PUT', body: { secret: 'sk-lab-again' } });
    await ask('lab', 'custom-lab/m');
    assert.deepEqual(keys(elsewhere).slice(2), ['sk-lab-again'], 'given again, for this place');
  });

  test('a custom provider that is called like another gets nothing of that', async () => {
    await newGateway('alike');
    await store('alike', 'real', 'sk-real-openai', { default_config: true });
    await call('/custom-providers', { method: 'POST', body: { name: 'Openai', slug: 'openai', base_url: elsewhere.base } });
    await ask('alike', 'custom-openai/gpt');
    assert.deepEqual(keys(elsewhere), ['no-key-needed'], "the caller's own");
  });

  test('a redirect takes no key anywhere', async () => {
    await newGateway('redirect');
    await store('redirect', 'a', 'sk-redirect', { default_config: true });
    upstream.use(say.redirect(`${elsewhere.base}/chat/completions`));
    await assert.rejects(ask('redirect'), { status: 502 });
    const native = await gateway.fetch(`/v1/${ACCOUNT}/redirect/openai/models`, { redirect: 'manual' });
    assert.equal(native.status, 307);
    assert.equal(elsewhere.seen.length, 0);
  });
});
