// The data plane under the official npm `openai` SDK, against a scripted upstream that speaks the OpenAI wire format.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import OpenAI from 'openai';
import { ACCOUNT, ADMIN_TOKEN, createRoute, el, startGateway, walked } from '../lib/gateway.mjs';
import { say, startUpstream } from '../lib/upstream.mjs';

const KEY = 'sk-canary-env-key-77aa88bb99cc';
let upstream;
let gateway;
let openai;
const messages = [{ role: 'user', content: 'Say hello' }];

before(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ env: { POINTSMAN_PROVIDER_OPENAI_BASE_URL: upstream.base, OPENAI_API_KEY: KEY } });
  openai = gateway.openai();
  await createRoute(gateway, 'plain', [el.start('m'), el.model('m', 'gpt-4o-mini'), el.end()]);
});
beforeEach(() => { upstream.clear(); upstream.use(say.completion('hello from upstream')); });
after(async () => { await gateway.stop(); await upstream.stop(); });

const post = (model, body = {}, headers = {}) =>
  gateway.fetch(`/v1/${ACCOUNT}/default/compat/chat/completions`, {
    method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ model, messages, ...body }),
  });

describe('a chat completion', () => {
  test('is answered by the model the route chose, and the headers say by whom and why', async () => {
    const { data, response } = await openai.chat.completions.create({ model: 'dynamic/plain', messages }).withResponse();
    assert.equal(data.choices[0].message.content, 'hello from upstream');
    assert.equal(response.headers.get('cf-aig-provider'), 'openai');
    assert.equal(response.headers.get('cf-aig-model'), 'gpt-4o-mini');
    assert.equal(response.headers.get('cf-aig-step'), '0');
    assert.match(response.headers.get('cf-aig-log-id'), /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    assert.equal(response.headers.get('pointsman-route'), 'plain');
    assert.deepEqual(walked(response), ['start', 'm', 'end']);
    const [request] = upstream.seen;
    assert.equal(request.url, '/v1/chat/completions');
    assert.equal(request.json.model, 'gpt-4o-mini');
    assert.equal(request.headers.authorization, `Bearer ${KEY}`);
    assert.equal(request.headers['accept-encoding'], 'identity');
  });

  test('passes every byte of the body but the model, unknown fields and odd spelling included', async () => {
    const body = `{ "messages":[{"role":"user","content":"h\\u00e9llo 🚂"}] ,\n "model" : "dynamic/plain", "x_new_field":{"b":1.0,"a":[1e3]},"temperature":0.10}`;
    const response = await gateway.fetch(`/v1/${ACCOUNT}/default/compat/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    assert.equal(response.status, 200);
    assert.equal(upstream.seen[0].body, body.replace('"dynamic/plain"', '"gpt-4o-mini"'));
  });

  test('streams the events as they come, and the usage event only when asked for', async () => {
    upstream.use(say.stream(['one ', 'two ', 'three']));
    const seen = [];
    for await (const it of await openai.chat.completions.create({ model: 'dynamic/plain', messages, stream: true })) seen.push(it);
    assert.equal(seen.map((it) => it.choices[0]?.delta?.content ?? '').join(''), 'one two three');
    assert.equal(seen.at(-1).choices[0].finish_reason, 'stop');
    assert.ok(seen.every((it) => it.choices.length === 1), 'the usage event that was not asked for is withheld');
    const asked = [];
    for await (const it of await openai.chat.completions.create({ model: 'dynamic/plain', messages, stream: true, stream_options: { include_usage: true } })) asked.push(it);
    assert.equal(asked.at(-1).usage.total_tokens, 19);
  });

  test('passes tool calls through, plain and streamed', async () => {
    upstream.use(say.toolCalls());
    const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } }];
    const plain = await openai.chat.completions.create({ model: 'dynamic/plain', messages, tools });
    assert.deepEqual(JSON.parse(plain.choices[0].message.tool_calls[0].function.arguments), { city: 'Paris', unit: '°C' });
    let text = '';
    for await (const it of await openai.chat.completions.create({ model: 'dynamic/plain', messages, tools, stream: true })) text += it.choices[0]?.delta?.tool_calls?.[0]?.function?.arguments ?? '';
    assert.deepEqual(JSON.parse(text), { city: 'Paris', unit: '°C' });
    assert.deepEqual(upstream.seen[0].json.tools, tools);
  });

  test('works one byte a chunk and with CRLF events', async () => {
    for (const script of [say.oneByteAChunk(['a ', 'é ', '🚂']), say.stream(['a ', 'é ', '🚂'], { eol: '\r\n' })]) {
      upstream.use(script);
      let text = '';
      for await (const it of await openai.chat.completions.create({ model: 'dynamic/plain', messages, stream: true })) text += it.choices[0]?.delta?.content ?? '';
      assert.equal(text, 'a é 🚂');
    }
  });

  test('reaches a model directly, with the key of the gateway or of the caller', async () => {
    await openai.chat.completions.create({ model: 'openai/gpt-4o', messages });
    assert.equal(upstream.seen[0].json.model, 'gpt-4o');
    assert.equal(upstream.seen[0].headers.authorization, `Bearer ${KEY}`);
    const bare = await startGateway({ env: { POINTSMAN_PROVIDER_OPENAI_BASE_URL: upstream.base } });
    try {
      await bare.openai({ apiKey: 'sk-callers-own' }).chat.completions.create({ model: 'openai/gpt-4o', messages });
      assert.equal(upstream.seen[1].headers.authorization, 'Bearer sk-callers-own');
      await createRoute(bare, 'keyless', [el.start('m'), el.model('m', 'gpt-4o'), el.end()]);
      await assert.rejects(bare.openai({ apiKey: 'sk-callers-own' }).chat.completions.create({ model: 'dynamic/keyless', messages }));
      assert.equal(upstream.seen.length, 2, 'the caller’s key is never used inside a dynamic route');
    } finally { await bare.stop(); }
  });

  test('answers on the management base URL too', async () => {
    const response = await gateway.fetch(`/client/v4/accounts/${ACCOUNT}/ai/v1/chat/completions`, {
      method: 'POST', headers: { 'content-type': 'application/json', 'cf-aig-gateway-id': 'default' }, body: JSON.stringify({ model: 'dynamic/plain', messages }),
    });
    assert.equal(response.status, 200);
    assert.deepEqual(walked(response), ['start', 'm', 'end']);
  });

  test('lists what can be called', async () => {
    const ids = (await openai.models.list()).data.map((it) => it.id);
    assert.ok(ids.includes('dynamic/plain'));
  });

  test('leaves a log row, without payload, that list and get return', async () => {
    const { response } = await openai.chat.completions.create({ model: 'dynamic/plain', messages: [{ role: 'user', content: 'payload-canary-xyzzy' }] }).withResponse();
    const id = response.headers.get('cf-aig-log-id');
    let row;
    for (let tries = 0; tries < 100 && !row; tries++) {
      const one = await gateway.admin(`/ai-gateway/gateways/default/logs/${id}`);
      if (one.status === 200) row = (await one.json()).result; else await new Promise((done) => setTimeout(done, 50));
    }
    assert.equal(row.model, 'gpt-4o-mini');
    assert.equal(row.provider, 'openai');
    assert.equal(row.tokens_in, 12);
    assert.equal(row.tokens_out, 7);
    assert.ok(row.cost > 0);
    assert.equal(row.success, true);
    const list = await (await gateway.admin('/ai-gateway/gateways/default/logs?per_page=50')).text();
    assert.ok(list.includes(id));
    assert.ok(!list.includes('payload-canary-xyzzy'));
  });
});

describe('pins', () => {
  test('a version can be pinned, and @latest is the newest valid one', async () => {
    const route = await createRoute(gateway, 'pinned', [el.start('m'), el.model('m', 'first'), el.end()]);
    const routes = gateway.cloudflare().aiGateway.dynamicRouting;
    const second = await routes.createVersion(route.id, { account_id: ACCOUNT, gateway_id: 'default', elements: [el.start('m'), el.model('m', 'second'), el.end()] });
    await routes.createVersion(route.id, { account_id: ACCOUNT, gateway_id: 'default', elements: [el.start('void'), el.end()] });
    const model = async (name) => { await openai.chat.completions.create({ model: name, messages }); return upstream.seen.at(-1).json.model; };
    assert.equal(await model('dynamic/pinned'), 'first');
    assert.equal(await model(`dynamic/pinned@${second.version_id}`), 'second');
    assert.equal(await model('dynamic/pinned@latest'), 'second');
    assert.equal(await model(`dynamic/pinned@${route.version.version_id}`), 'first');
    await assert.rejects(model('dynamic/pinned@nope'), OpenAI.NotFoundError);
  });
});

describe('decisions', () => {
  test('metadata, headers, body and request facts steer the walk', async () => {
    await createRoute(gateway, 'steer', [
      el.start('c1'),
      el.conditional('c1', { 'metadata.plan': 'free' }, 'free', 'c2'),
      el.conditional('c2', { 'headers.x-team': { $startsWith: 'ml' } }, 'ml', 'c3'),
      el.conditional('c3', { $and: [{ 'request.has_tools': true }, { 'body.user.tier': { $in: ['gold', 'silver'] } }] }, 'tools', 'rest'),
      el.model('free', 'm-free'), el.model('ml', 'm-ml'), el.model('tools', 'm-tools'), el.model('rest', 'm-rest'), el.end(),
    ]);
    const model = async (body, headers) => { const r = await post('dynamic/steer', body, headers); assert.equal(r.status, 200); return upstream.seen.at(-1).json.model; };
    const tools = [{ type: 'function', function: { name: 'f', parameters: {} } }];
    assert.equal(await model({}, { 'cf-aig-metadata': '{"plan":"free"}' }), 'm-free');
    assert.equal(await model({}, { 'X-Team': 'ml-research' }), 'm-ml');
    assert.equal(await model({ tools, user: { tier: 'gold' } }), 'm-tools');
    assert.equal(await model({ tools }), 'm-rest');
    assert.equal(await model({}), 'm-rest');
  });

  test('metadata that cannot be read is a 400 that says why', async () => {
    for (const value of ['{', '[]', '{"a":null}', '{"a":{"b":1}}', '{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}']) {
      const response = await post('dynamic/plain', {}, { 'cf-aig-metadata': value });
      assert.equal(response.status, 400, value);
      assert.match((await response.json()).error.message, /cf-aig-metadata/);
    }
    assert.equal(upstream.seen.length, 0);
  });

  test('a sticky split keeps a user on one side, and both sides are used', async () => {
    await createRoute(gateway, 'sticky', [el.start('p'), el.percentage('p', { '50%': 'a', '50%:b': 'b' }, { key: 'metadata.user' }), el.model('a', 'm-a'), el.model('b', 'm-b'), el.end()]);
    const seen = new Map();
    for (let round = 0; round < 3; round++) {
      for (let user = 0; user < 24; user++) {
        const response = await post('dynamic/sticky', {}, { 'cf-aig-metadata': JSON.stringify({ user: `u${user}` }) });
        const model = response.headers.get('cf-aig-model');
        assert.equal(seen.get(user) ?? model, model, `user ${user} moved`);
        seen.set(user, model);
      }
    }
    assert.deepEqual(new Set(seen.values()), new Set(['m-a', 'm-b']));
  });

  test('a limit counts each key value by itself and names everything when it refuses', async () => {
    await createRoute(gateway, 'limited', [el.start('r'), el.rate('r', { key: 'metadata.user', limit: 2, window: 3600 }, 'm'), el.model('m', 'm-1'), el.end()]);
    const as = (user) => post('dynamic/limited', {}, { 'cf-aig-metadata': JSON.stringify({ user }) });
    assert.deepEqual([(await as('ann')).status, (await as('ann')).status, (await as('bob')).status], [200, 200, 200]);
    const refused = await as('ann');
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    assert.equal(refused.headers.get('x-should-retry'), 'false');
    const body = await refused.json();
    assert.equal(body.errors[0].code, 2003);
    for (const word of ['r', 'metadata.user', 'ann', '2', '3600']) assert.ok(body.error.message.includes(word), `${word} in: ${body.error.message}`);
    assert.deepEqual(body.pointsman.path.map((it) => it.element), ['start', 'r']);
  });

  test('a cost limit holds before the call, settles after it and falls back when it is full', async () => {
    await createRoute(gateway, 'budget', [
      el.start('r'), el.rate('r', { key: 'metadata.team', limit: 0.01, limitType: 'cost', window: 3600 }, 'dear', 'cheap'),
      el.model('dear', 'gpt-4o'), el.model('cheap', 'echo', { provider: 'echo' }), el.end(),
    ]);
    const usage = { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 };
    upstream.use(say.completion('dear answer', { usage }));
    const as = () => post('dynamic/budget', { max_tokens: 10 }, { 'cf-aig-metadata': '{"team":"x"}' });
    const models = [];
    for (let n = 0; n < 4; n++) models.push((await as()).headers.get('cf-aig-model'));
    assert.deepEqual(models, ['gpt-4o', 'gpt-4o', 'echo', 'echo'], '2 × 0.0075 $ of real cost fill a budget of 0.01 $');
  });
});

describe('error classes of the SDK', () => {
  const cases = [
    ['unknown route', 'dynamic/nope', {}, OpenAI.NotFoundError, 404],
    ['unknown provider', 'nobody/gpt', {}, OpenAI.BadRequestError, 400],
    ['no provider prefix', 'gpt-4o', {}, OpenAI.BadRequestError, 400],
  ];
  for (const [name, model, extra, type, status] of cases) {
    test(`${name} is ${type.name}`, async () => {
      await assert.rejects(openai.chat.completions.create({ model, messages, ...extra }), (error) => {
        assert.ok(error instanceof type, `${error.constructor.name}: ${error.message}`);
        assert.equal(error.status, status);
        assert.ok(error.message.length > 20);
        return true;
      });
    });
  }
  test('an unknown gateway is a 400 with code 2001', async () => {
    const response = await gateway.fetch(`/v1/${ACCOUNT}/nowhere/compat/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'dynamic/plain', messages }) });
    assert.equal(response.status, 400);
    assert.equal((await response.json()).errors[0].code, 2001);
  });
  test('a duplicate model key, broken JSON, a wrong content type and a compressed body are told apart', async () => {
    const send = (body, headers) => gateway.fetch(`/v1/${ACCOUNT}/default/compat/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
    assert.equal((await send('{"model":"dynamic/plain","messages":[],"model":"x"}')).status, 400);
    assert.equal((await send('{"model":"dynamic/plain","messages":[')).status, 400);
    assert.equal((await send('{"model":"dynamic/plain","messages":[]}', { 'content-type': 'text/plain' })).status, 415);
    assert.equal((await send('x', { 'content-encoding': 'gzip' })).status, 415);
    assert.equal((await send(`{"model":"dynamic/plain","messages":[${'['.repeat(300)}${']'.repeat(300)}]}`)).status, 400);
    assert.equal(upstream.seen.length, 0);
  });
  test('a gateway with authentication wants a token with the right to run', async () => {
    const id = 'locked';
    await gateway.admin('/ai-gateway/gateways', { method: 'POST', body: { id, authentication: true, cache_invalidate_on_update: true, cache_ttl: 0, collect_logs: true, rate_limiting_interval: 0, rate_limiting_limit: 0 } });
    await createRoute(gateway, 'r', [el.start('m'), el.model('m', 'echo', { provider: 'echo' }), el.end()], id);
    const make = async (body) => (await (await gateway.admin('/tokens', { method: 'POST', body })).json()).result.value;
    const runner = await make({ name: 'runner', permissions: ['AI Gateway Run'], metadata: { user: 'fixed' } });
    const reader = await make({ name: 'reader', permissions: ['AI Gateway Read'] });
    const elsewhere = await make({ name: 'elsewhere', permissions: ['AI Gateway Run'], gateways: ['default'] });
    const as = (apiKey) => gateway.openai({ gateway: id, apiKey }).chat.completions.create({ model: 'dynamic/r', messages });
    assert.equal((await as(runner)).choices[0].message.content, 'Say hello');
    await assert.rejects(as('wrong'), OpenAI.AuthenticationError);
    await assert.rejects(as(reader), (error) => [401, 403].includes(error.status));
    await assert.rejects(as(elsewhere), (error) => [401, 403].includes(error.status));
    for (const header of ['cf-aig-authorization', 'authorization']) {
      const r = await gateway.fetch(`/v1/${ACCOUNT}/${id}/compat/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json', [header]: `Bearer ${runner}` }, body: JSON.stringify({ model: 'dynamic/r', messages }) });
      assert.equal(r.status, 200, header);
    }
    for (const header of ['x-api-key', 'x-goog-api-key', 'api-key', 'X-Auth-Key']) {
      const r = await gateway.fetch(`/v1/${ACCOUNT}/${id}/compat/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json', [header]: runner }, body: JSON.stringify({ model: 'dynamic/r', messages }) });
      assert.equal(r.status, 200, header);
    }
  });
  test('a web page cannot spend the keys', async () => {
    assert.equal((await post('dynamic/plain', {}, { origin: 'https://evil.example' })).status, 403);
    assert.equal(upstream.seen.length, 0);
  });
});

describe('a client that leaves', () => {
  test('cancels the upstream call within 100 ms, streamed and not', async () => {
    for (const [script, stream] of [[say.stallBeforeHeaders(), false], [say.stallInStream(['first ']), true]]) {
      upstream.clear();
      upstream.use(script);
      const abort = new AbortController();
      const call = openai.chat.completions.create({ model: 'dynamic/plain', messages, stream }, { signal: abort.signal });
      if (stream) { for await (const _ of await call) { break; } } else {
        while (upstream.seen.length === 0) await new Promise((done) => setTimeout(done, 5));
      }
      const left = Date.now();
      abort.abort();
      if (!stream) await assert.rejects(call);
      while (!upstream.seen[0].closedAt && Date.now() - left < 2000) await new Promise((done) => setTimeout(done, 5));
      assert.ok(upstream.seen[0].closedAt, 'the upstream call was cancelled');
      assert.ok(upstream.seen[0].closedAt - left <= 100, `cancelled after ${upstream.seen[0].closedAt - left} ms`);
      assert.equal(upstream.seen.length, 1, 'and nothing was retried');
    }
  });
});

describe('secrets', () => {
  test('no log line, error, trace or upstream call holds the admin token or a provider key where it must not be', async () => {
    const secret = 'sk-canary-stored-key-445566778899';
    await gateway.admin('/ai-gateway/custom-providers', { method: 'POST', body: { name: 'Careless', slug: 'careless', base_url: upstream.base } });
    const made = await gateway.admin('/ai-gateway/gateways/default/provider_configs', { method: 'POST', body: { provider_slug: 'groq', alias: 'default', default_config: true, secret } });
    assert.equal(made.status, 200);
    const texts = [];
    for (const script of [say.echoHeaders(400), say.echoHeaders(500), say.echoHeaders(200), say.html(), say.reset()]) {
      upstream.use(script);
      for (const stream of [false, true]) {
        const response = await post('dynamic/plain', { stream }, { 'cf-aig-authorization': `Bearer ${ADMIN_TOKEN}`, cookie: 'session=cookie-canary', 'x-api-key': 'callers-key-canary' });
        texts.push(await response.text(), JSON.stringify([...response.headers]));
      }
    }
    for (const where of ['/ai-gateway/gateways/default/logs?per_page=50', '/ai-gateway/audit?per_page=50', '/ai-gateway/gateways/default/provider_configs', '/ai-gateway/gateways/default/routes', '/ai-gateway/custom-providers']) {
      texts.push(await (await gateway.admin(where)).text());
    }
    texts.push(await (await gateway.fetch('/metrics', { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } })).text(), gateway.logs());
    for (const text of texts) for (const canary of [ADMIN_TOKEN, KEY, secret]) assert.ok(!text.includes(canary), `a secret in: ${text.slice(0, 400)}`);
    for (const request of upstream.seen) {
      const sent = JSON.stringify(request.headers) + request.body;
      for (const canary of [ADMIN_TOKEN, secret, 'cookie-canary', 'callers-key-canary']) assert.ok(!sent.includes(canary), `${canary} went upstream`);
      for (const name of Object.keys(request.headers)) assert.ok(!name.startsWith('cf-') && !name.startsWith('pointsman'), `${name} went upstream`);
    }
  });
});
