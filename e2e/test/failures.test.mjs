// Every way an upstream can fail, and what a route makes of it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, beforeEach, describe, test } from 'node:test';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import OpenAI from 'openai';
import { ACCOUNT, createRoute, el, startGateway, walked } from '../lib/gateway.mjs';
import { refusedPort, say, startUpstream } from '../lib/upstream.mjs';

let primary;
let backup;
let untrusted;
let gateway;
const messages = [{ role: 'user', content: 'Say hello' }];

function selfSigned() {
  const dir = mkdtempSync(path.join(tmpdir(), 'pointsman-tls-'));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout', `${dir}/key.pem`, '-out', `${dir}/cert.pem`], { stdio: 'ignore' });
  return { key: readFileSync(`${dir}/key.pem`), cert: readFileSync(`${dir}/cert.pem`) };
}

before(async () => {
  [primary, backup, untrusted] = await Promise.all([startUpstream(), startUpstream(), startUpstream({ tls: selfSigned() })]);
  gateway = await startGateway({
    env: {
      POINTSMAN_PROVIDER_OPENAI_BASE_URL: primary.base, OPENAI_API_KEY: 'sk-a',
      POINTSMAN_PROVIDER_GROQ_BASE_URL: backup.base, GROQ_API_KEY: 'sk-b',
      POINTSMAN_PROVIDER_MISTRAL_BASE_URL: `http://127.0.0.1:${await refusedPort()}/v1`, MISTRAL_API_KEY: 'sk-c',
      POINTSMAN_PROVIDER_DEEPSEEK_BASE_URL: 'http://no-such-host.invalid/v1', DEEPSEEK_API_KEY: 'sk-d',
      POINTSMAN_PROVIDER_GROK_BASE_URL: untrusted.base.replace('127.0.0.1', 'localhost'), XAI_API_KEY: 'sk-e',
      POINTSMAN_BREAKER_FAILURES: '0',
    },
  });
  const failover = (provider, more = {}) => [el.start('first'), el.model('first', 'm-1', { provider, fallback: 'second', ...more }), el.model('second', 'm-2', { provider: 'groq' }), el.end()];
  await createRoute(gateway, 'failover', failover('openai', { timeout: 300 }));
  await createRoute(gateway, 'retrying', failover('openai', { timeout: 300, retries: 1 }));
  await createRoute(gateway, 'patient', failover('openai', { timeout: 5000, retries: 1 }));
  await createRoute(gateway, 'alone', [el.start('only'), el.model('only', 'm-1', { timeout: 300 }), el.end()]);
  for (const it of ['mistral', 'deepseek', 'grok']) await createRoute(gateway, `via-${it}`, failover(it));
});
beforeEach(() => {
  for (const it of [primary, backup]) it.clear();
  primary.use(say.completion('from the first'));
  backup.use(say.completion('from the second'));
});
after(async () => { await gateway.stop(); for (const it of [primary, backup, untrusted]) await it.stop(); });

const post = (model, body = {}) => gateway.fetch(`/v1/${ACCOUNT}/default/compat/chat/completions`, {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model, messages, ...body }),
});

const broken = {
  'stalls before headers': say.stallBeforeHeaders,
  'stalls in the body': say.stallInBody,
  'resets the connection': say.reset,
  'truncates its JSON': say.truncatedJson,
  'answers 200 with HTML': say.html,
  'answers 200 with an error': say.errorIn200,
};
const brokenStream = {
  'stalls before headers': say.stallBeforeHeaders,
  'only pings': say.pingsOnly,
  'sends an empty preamble and resets': say.preambleThenReset,
  'sends an empty preamble and ends': say.preambleThenEnd,
  'answers 200 with an error event': say.errorEventIn200,
  'answers 200 with JSON instead of a stream': say.jsonInsteadOfStream,
  'answers 200 with HTML': say.html,
  'resets the connection': say.reset,
};
const retried = [408, 409, 425, 429, 500, 502, 503, 504, 529];
const notRetried = [307, 400, 401, 403, 404, 413, 422];

describe('a failing model falls back', () => {
  for (const [name, script] of Object.entries(broken)) {
    test(`when it ${name}`, async () => {
      primary.use(script());
      const response = await post('dynamic/failover');
      assert.equal((await response.json()).choices[0].message.content, 'from the second');
      assert.deepEqual(walked(response), ['start', 'first', 'second', 'end']);
      assert.equal(response.headers.get('cf-aig-step'), '1');
    });
  }
  for (const [name, script] of Object.entries(brokenStream)) {
    test(`when its stream ${name}`, async () => {
      primary.use(script());
      let text = '';
      for await (const it of await gateway.openai().chat.completions.create({ model: 'dynamic/failover', messages, stream: true })) text += it.choices[0]?.delta?.content ?? '';
      assert.equal(text, 'from the second');
    });
  }
  for (const [provider, cause] of [['mistral', /connect/i], ['deepseek', /dns|name/i], ['grok', /tls|certificate/i]]) {
    test(`when ${provider} cannot be reached at all, and an error says why`, async () => {
      const response = await post(`dynamic/via-${provider}`);
      assert.equal(response.headers.get('cf-aig-provider'), 'groq');
      backup.use(say.status(500));
      const body = await (await post(`dynamic/via-${provider}`)).json();
      assert.match(JSON.stringify(body.pointsman.path[1].attempts[0]), cause);
    });
  }
  for (const status of retried) {
    test(`on ${status}, after its retries`, async () => {
      primary.use(say.status(status));
      const response = await post('dynamic/retrying');
      assert.equal(response.headers.get('cf-aig-provider'), 'groq');
      assert.equal(primary.seen.length, 2);
    });
  }
  for (const status of notRetried) {
    test(`on ${status} without a retry`, async () => {
      primary.use(status === 307 ? say.redirect(`${backup.base}/chat/completions`) : say.status(status));
      const response = await post('dynamic/retrying');
      assert.equal(response.headers.get('cf-aig-provider'), 'groq');
      assert.equal(primary.seen.length, 1);
    });
  }
  test('and one that recovers in time is not given up', async () => {
    primary.once(say.status(503));
    const response = await post('dynamic/retrying');
    assert.equal((await response.json()).choices[0].message.content, 'from the first');
    assert.equal(backup.seen.length, 0);
  });
});

describe('Retry-After', () => {
  test('is waited for in seconds', async () => {
    primary.once(say.status(429, 'slow down', { 'retry-after': '1' }));
    const response = await post('dynamic/patient');
    assert.equal(response.headers.get('cf-aig-provider'), 'openai');
    assert.ok(primary.seen[1].at - primary.seen[0].at >= 950);
  });
  test('is waited for as a date', async () => {
    primary.once(say.status(429, 'slow down', { 'retry-after': new Date(Date.now() + 2500).toUTCString() }));
    const response = await post('dynamic/patient');
    assert.equal(response.headers.get('cf-aig-provider'), 'openai');
    assert.ok(primary.seen[1].at - primary.seen[0].at >= 900);
  });
  test('longer than 10 s means fallback at once', async () => {
    primary.once(say.status(429, 'come back tomorrow', { 'retry-after': '3600' }));
    const response = await post('dynamic/patient');
    assert.equal(response.headers.get('cf-aig-provider'), 'groq');
    assert.equal(primary.seen.length, 1);
  });
});

describe('when every model failed', () => {
  for (const [status, expected, type] of [[400, 400, OpenAI.BadRequestError], [404, 404, OpenAI.NotFoundError], [422, 422, OpenAI.UnprocessableEntityError], [429, 429, OpenAI.RateLimitError], [500, 502, OpenAI.InternalServerError], [401, 502, OpenAI.InternalServerError], [403, 502, OpenAI.InternalServerError]]) {
    test(`with ${status}, the caller gets ${expected} with the provider's message and the path`, async () => {
      primary.use(say.status(status, `the provider said ${status}`));
      await assert.rejects(gateway.openai().chat.completions.create({ model: 'dynamic/alone', messages }), (error) => {
        assert.ok(error instanceof type, `${error.constructor.name} ${error.status}`);
        assert.equal(error.status, expected);
        assert.match(error.message, new RegExp(`the provider said ${status}`));
        assert.match(error.message, /only/);
        assert.equal(error.headers.get('x-should-retry'), 'false');
        return true;
      });
      const body = await (await post('dynamic/alone')).json();
      assert.equal(body.errors[0].code, 2005);
      assert.equal(body.pointsman.route, 'alone');
      assert.equal(body.pointsman.path[1].attempts[0].status, status);
    });
  }
  test('by a timeout, it is a 504', async () => {
    primary.use(say.stallBeforeHeaders());
    assert.equal((await post('dynamic/alone')).status, 504);
  });
});

describe('a stream that dies after its first token', () => {
  for (const [name, script] of [['reset', say.resetInStream(['one ', 'two '])], ['end without finish', say.truncatedStream(['one ', 'two '])]]) {
    test(`by ${name} ends with an error event in band, no [DONE], no second model`, async () => {
      primary.use(script);
      const response = await post('dynamic/failover', { stream: true });
      const text = await response.text();
      assert.equal(response.status, 200);
      assert.match(text, /one /);
      assert.match(text, /"error":/);
      assert.ok(!text.includes('[DONE]'));
      assert.equal(backup.seen.length, 0);
    });
  }
  test('makes the SDK raise', async () => {
    primary.use(say.truncatedStream(['one ']));
    await assert.rejects(async () => { for await (const _ of await gateway.openai().chat.completions.create({ model: 'dynamic/failover', messages, stream: true })); }, OpenAI.APIError);
  });
});

describe('the circuit breaker', () => {
  test('skips a dead primary after consecutive failures, and the path says so', async () => {
    const other = await startGateway({
      env: { POINTSMAN_PROVIDER_OPENAI_BASE_URL: primary.base, OPENAI_API_KEY: 'sk-a', POINTSMAN_PROVIDER_GROQ_BASE_URL: backup.base, GROQ_API_KEY: 'sk-b', POINTSMAN_BREAKER_FAILURES: '3', POINTSMAN_BREAKER_OPEN_MS: '60000' },
    });
    try {
      primary.use(say.status(500));
      await createRoute(other, 'guarded', [el.start('first'), el.model('first', 'm-1', { fallback: 'second' }), el.model('second', 'm-2', { provider: 'groq' }), el.end()]);
      const call = () => other.fetch(`/v1/${ACCOUNT}/default/compat/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'dynamic/guarded', messages }) });
      for (let n = 0; n < 6; n++) assert.equal((await call()).headers.get('cf-aig-provider'), 'groq');
      assert.equal(primary.seen.length, 3);
      backup.use(say.status(500));
      const text = await (await call()).text();
      assert.match(text, /breaker/);
    } finally { await other.stop(); }
  });
});
