// Kept answers: asked for through the npm `cloudflare` and `openai` SDKs, in the memory of the process and in Redis.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { ACCOUNT, createRoute, el, startGateway, walked } from '../lib/gateway.mjs';
import { say, startUpstream } from '../lib/upstream.mjs';

const account_id = ACCOUNT;
const messages = [{ role: 'user', content: 'ping' }];
const base = { account_id, cache_invalidate_on_update: false, cache_ttl: 60, collect_logs: true, rate_limiting_interval: null, rate_limiting_limit: null, authentication: false };

/** The Redis that `make e2e` starts. */
function redis() {
  const url = process.env.POINTSMAN_TEST_REDIS_URL;
  assert.ok(url, 'POINTSMAN_TEST_REDIS_URL is not set: run this through `make e2e` or `scripts/with-services`');
  return { POINTSMAN_REDIS_URL: url, POINTSMAN_CACHE: 'redis' };
}

const status = (response) => response.headers.get('cf-aig-cache-status');

for (const [where, env] of [['memory', () => ({})], ['Redis', redis]]) describe(`answers kept in ${where}`, () => {
  let gateway;
  let upstream;
  let client;
  let made = 0;
  before(async () => {
    upstream = await startUpstream();
    gateway = await startGateway({ env: { POINTSMAN_PROVIDER_OPENAI_BASE_URL: upstream.base, OPENAI_API_KEY: 'sk-test', ...env() } });
    client = gateway.cloudflare();
  });
  after(async () => { await gateway?.stop(); await upstream?.stop(); });
  beforeEach(() => {
    upstream.clear();
    let asked = 0;
    upstream.use((tools) => say.completion(`answer ${++asked}`)(tools));
  });

  /** A gateway of its own that keeps answers. */
  async function keeping(settings = {}) {
    const id = `cache-${process.pid}-${made++}`;
    const created = await client.aiGateway.create({ ...base, ...settings, id });
    assert.equal(created.cache_ttl, settings.cache_ttl === undefined ? 60 : settings.cache_ttl ?? 0);
    return id;
  }

  /** One chat, and what its response says. */
  async function ask(id, body = {}, headers = {}) {
    const openai = gateway.openai({ gateway: id });
    const { data, response } = await openai.chat.completions.create({ model: 'openai/gpt-4o', messages, ...body }, { headers }).withResponse();
    return { said: data.choices[0].message.content, found: status(response), response };
  }

  /** The same again, once what was given to a server is there: it is put there after the answer has been given. */
  async function again(...args) {
    for (let tries = 0; tries < 100; tries++) {
      const answer = await ask(...args);
      if (answer.found === 'HIT') return answer;
      await new Promise((done) => setTimeout(done, 20));
    }
    return ask(...args);
  }

  test('the same question is answered again without a call, and a different one is not', async () => {
    const id = await keeping();
    const first = await ask(id);
    assert.deepEqual([first.said, first.found], ['answer 1', 'MISS']);
    const second = await again(id);
    assert.equal(second.found, 'HIT');
    for (const name of ['cf-aig-provider', 'cf-aig-model', 'cf-aig-step', 'content-type']) {
      assert.equal(second.response.headers.get(name), first.response.headers.get(name), name);
    }
    assert.notEqual(second.response.headers.get('cf-aig-log-id'), first.response.headers.get('cf-aig-log-id'));
    assert.equal((await ask(id, { temperature: 0 })).found, 'MISS');
    const seen = upstream.seen.length;
    assert.equal((await ask(id)).said, second.said);
    assert.equal(upstream.seen.length, seen, 'nobody was called');
  });

  test('headers of the original ask for it, name the question, and skip', async () => {
    const id = await keeping({ cache_ttl: null });
    assert.equal((await ask(id)).found, 'MISS');
    assert.equal((await ask(id)).found, 'MISS', 'this gateway keeps nothing by itself');
    assert.equal((await again(id, {}, { 'cf-aig-cache-ttl': '60' })).found, 'HIT');
    const skipped = await ask(id, {}, { 'cf-aig-cache-ttl': '60', 'cf-aig-skip-cache': 'true' });
    assert.equal(skipped.found, 'BYPASS');
    const named = { 'cf-aig-cache-key': 'greeting' };
    const said = (await again(id, {}, named)).said;
    const other = await ask(id, { messages: [{ role: 'user', content: 'hello?' }] }, named);
    assert.deepEqual([other.said, other.found], [said, 'HIT']);
    await assert.rejects(ask(id, {}, { 'cf-aig-cache-ttl': '5' }), (error) => error.status === 400 && error.param === 'cf-aig-cache-ttl');
  });

  test('a stream comes again as the same stream', async () => {
    const id = await keeping();
    upstream.use(say.stream(['one ', 'two ', 'three']));
    const openai = gateway.openai({ gateway: id });
    const read = async () => {
      const { data, response } = await openai.chat.completions.create({ model: 'openai/gpt-4o', messages, stream: true }).withResponse();
      const words = [];
      for await (const chunk of data) words.push(chunk.choices[0]?.delta?.content ?? '');
      return { words, found: status(response), kind: response.headers.get('content-type'), coding: response.headers.get('transfer-encoding') };
    };
    const first = await read();
    assert.deepEqual([first.words.join(''), first.found], ['one two three', 'MISS']);
    let second = await read();
    for (let tries = 0; tries < 100 && second.found !== 'HIT'; tries++) second = await read();
    assert.deepEqual(second, { ...first, found: 'HIT' });
    assert.equal(second.coding, 'chunked');
  });

  test('in a route a limit still counts, and the path is the same', async () => {
    const id = await keeping();
    await createRoute(gateway, 'three', [el.start('quota'), el.rate('quota', { limit: 3, window: 3600 }, 'main', 'full'), el.model('main', 'gpt-4o'), el.model('full', 'gpt-4o-mini'), el.end()], id);
    const body = { model: 'dynamic/three' };
    const first = await ask(id, body);
    assert.deepEqual([first.found, walked(first.response)], ['MISS', ['start', 'quota', 'main', 'end']]);
    if (where === 'Redis') await new Promise((done) => setTimeout(done, 200));
    for (const _ of [2, 3]) {
      const next = await ask(id, body);
      assert.deepEqual([next.found, next.said, walked(next.response)], ['HIT', first.said, ['start', 'quota', 'main', 'end']]);
    }
    const over = await ask(id, body);
    assert.deepEqual([over.found, walked(over.response), over.response.headers.get('cf-aig-model')], ['MISS', ['start', 'quota', 'full', 'end'], 'gpt-4o-mini']);
  });

  test('two tokens never share an answer, whatever they call their question', async () => {
    const id = await keeping({ authentication: true });
    const token = async (name) => {
      const response = await gateway.admin('/tokens', { method: 'POST', body: { name, permissions: ['AI Gateway Run'] } });
      const body = await response.json();
      assert.equal(response.status, 200, JSON.stringify(body));
      return { 'cf-aig-authorization': `Bearer ${body.result.value ?? body.result.token}`, 'cf-aig-cache-key': 'ours' };
    };
    const [ada, ben] = [await token('ada'), await token('ben')];
    const kept = await again(id, {}, ada);
    assert.equal(kept.found, 'HIT');
    const other = await ask(id, {}, ben);
    assert.equal(other.found, 'MISS');
    assert.notEqual(other.said, kept.said);
    assert.equal((await ask(id, {}, ada)).said, kept.said);
  });

  test('what was kept before an update is not found after it, where the gateway says so', async () => {
    for (const [invalidate, found] of [[false, 'HIT'], [true, 'MISS']]) {
      const id = await keeping({ cache_invalidate_on_update: invalidate });
      assert.equal((await again(id)).found, 'HIT');
      await client.aiGateway.update(id, { ...base, cache_invalidate_on_update: invalidate, collect_logs: false });
      assert.equal((await ask(id)).found, found, `cache_invalidate_on_update: ${invalidate}`);
    }
  });

  test('the metrics tell hits from misses', async () => {
    const id = await keeping();
    await again(id);
    const text = await (await gateway.fetch('/metrics')).text();
    for (const event of ['hit', 'miss', 'store']) assert.match(text, new RegExp(`pointsman_cache_events_total\\{event="${event}"\\} [1-9]`));
  });
});

describe('equal questions at the same time', () => {
  test('are one call where the operator wants it', async () => {
    const upstream = await startUpstream();
    const gateway = await startGateway({ env: { POINTSMAN_PROVIDER_OPENAI_BASE_URL: upstream.base, OPENAI_API_KEY: 'sk-test', POINTSMAN_CACHE_COALESCE: 'true' } });
    try {
      upstream.use(async (tools) => { await new Promise((done) => setTimeout(done, 500)); await say.completion('hello')(tools); });
      const openai = gateway.openai();
      const one = () => openai.chat.completions.create({ model: 'openai/gpt-4o', messages }, { headers: { 'cf-aig-cache-ttl': '60' } }).withResponse();
      const answers = await Promise.all(Array.from({ length: 20 }, one));
      assert.ok(answers.every(({ data }) => data.choices[0].message.content === 'hello'));
      assert.equal(upstream.seen.length, 1);
      assert.equal(answers.filter(({ response }) => status(response) === 'HIT').length, 19);
    } finally {
      await gateway.stop();
      await upstream.stop();
    }
  });
});
