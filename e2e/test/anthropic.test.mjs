// Anthropic Messages as a way in: npm `@anthropic-ai/sdk` and the requests of Claude Code, passed through to Anthropic and to a real
// model behind the same format, and translated for OpenAI and Gemini.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { claude, gemini } from '../lib/anthropic.mjs';
import { ACCOUNT, createRoute, el, startGateway } from '../lib/gateway.mjs';
import { startModel } from '../lib/model.mjs';
import { say, startUpstream } from '../lib/upstream.mjs';

const KEYS = { anthropic: 'sk-ant-canary-1', openai: 'sk-canary-2', gemini: 'AIza-canary-3' };
let upstream;
let gateway;

before(async () => {
  upstream = await startUpstream();
  const root = upstream.base.replace('/v1', '');
  gateway = await startGateway({
    env: {
      POINTSMAN_PROVIDER_ANTHROPIC_BASE_URL: root, ANTHROPIC_API_KEY: KEYS.anthropic,
      POINTSMAN_PROVIDER_OPENAI_BASE_URL: upstream.base, OPENAI_API_KEY: KEYS.openai,
      POINTSMAN_PROVIDER_GOOGLE_AI_STUDIO_BASE_URL: root, GEMINI_API_KEY: KEYS.gemini,
    },
  });
  await createRoute(gateway, 'claude', [el.start('m'), el.model('m', 'claude-opus-4-6', { provider: 'anthropic' }), el.end()]);
  await createRoute(gateway, 'gpt', [el.start('m'), el.model('m', 'gpt-5.4'), el.end()]);
  await createRoute(gateway, 'gem', [el.start('m'), el.model('m', 'gemini-3-pro', { provider: 'google-ai-studio' }), el.end()]);
  await createRoute(gateway, 'mixed', [
    el.start('a'), el.model('a', 'claude-opus-4-6', { provider: 'anthropic', fallback: 'b' }), el.model('b', 'gpt-5.4'), el.end(),
  ]);
});
beforeEach(() => { upstream.clear(); upstream.use(claude.says('hello from claude')); });
after(async () => { await gateway.stop(); await upstream.stop(); });

const base = (where = 'compat') => `${gateway.url}/v1/${ACCOUNT}/default/${where}`;
const client = (where, options = {}) => new Anthropic({ apiKey: 'no-key-needed', baseURL: base(where), maxRetries: 0, ...options });
const ask = (model, more = {}) => ({ model, max_tokens: 256, messages: [{ role: 'user', content: 'Say hello' }], ...more });
const weather = {
  name: 'weather', description: 'The weather of a city',
  input_schema: { type: 'object', properties: { city: { type: 'string' }, unit: { type: 'string' } }, required: ['city'] },
};
const path = (seen) => seen.url;

describe('npm @anthropic-ai/sdk, passed through', () => {
  test('a message reaches Anthropic as it was sent, but for the model and the key', async () => {
    const { data, response } = await client().messages.create(ask('dynamic/claude', { metadata: { user_id: 'u1' } })).withResponse();
    assert.equal(data.content[0].text, 'hello from claude');
    assert.equal(data.usage.output_tokens, 7);
    assert.equal(response.headers.get('pointsman-route'), 'claude');
    const [seen] = upstream.seen;
    assert.equal(path(seen), '/v1/messages');
    assert.deepEqual(seen.json, ask('claude-opus-4-6', { metadata: { user_id: 'u1' } }));
    assert.equal(seen.headers['x-api-key'], KEYS.anthropic);
    assert.equal(seen.headers['anthropic-version'], '2026-10-21', 'the version of the SDK goes on');
    assert.ok(!JSON.stringify(seen.rawHeaders).includes('no-key-needed'), 'the key for the gateway does not');
  });

  test('the stream helper puts a stream together', async () => {
    const thinking = { type: 'thinking', thinking: 'They want a greeting.', signature: 'c2lnbmF0dXJl' };
    upstream.use(claude.says([thinking, { type: 'text', text: 'hello in pieces, é' }]));
    const stream = client().messages.stream(ask('dynamic/claude'));
    let text = '';
    stream.on('text', (it) => { text += it; });
    const whole = await stream.finalMessage();
    assert.equal(text, 'hello in pieces, é');
    assert.deepEqual(whole.content[0], thinking);
    assert.deepEqual([whole.stop_reason, whole.usage.input_tokens, whole.usage.output_tokens], ['end_turn', 12, 7]);
  });

  test('its own path of the provider works with a route as the model', async () => {
    const whole = await client('anthropic').messages.stream(ask('dynamic/claude')).finalMessage();
    assert.equal(whole.content[0].text, 'hello from claude');
    assert.equal(upstream.seen[0].json.model, 'claude-opus-4-6');
  });

  test('tokens are counted by Anthropic for its own models, and estimated for others', async () => {
    upstream.use(claude.counts(4321));
    const counting = { model: 'dynamic/claude', messages: [{ role: 'user', content: 'Say hello' }] };
    assert.equal((await client().messages.countTokens(counting)).input_tokens, 4321);
    assert.equal(path(upstream.seen[0]), '/v1/messages/count_tokens');
    upstream.clear();
    const { data, response } = await client().messages.countTokens({ ...counting, model: 'dynamic/gpt' }).withResponse();
    assert.ok(data.input_tokens > 0 && data.input_tokens < 100);
    assert.equal(response.headers.get('pointsman-tokens'), 'estimated');
    assert.equal(upstream.seen.length, 0);
  });
});

describe('npm @anthropic-ai/sdk, errors', () => {
  const failing = async (call) => call.then(() => assert.fail('it should fail'), (error) => error);

  test('become the SDK\'s own exceptions', async () => {
    for (const [status, type, made] of [
      [400, 'invalid_request_error', Anthropic.BadRequestError],
      [404, 'not_found_error', Anthropic.NotFoundError],
      [429, 'rate_limit_error', Anthropic.RateLimitError],
      [529, 'overloaded_error', Anthropic.InternalServerError],
    ]) {
      upstream.use(claude.fails(status, type, `scripted ${type}`));
      const error = await failing(client().messages.create(ask('anthropic/claude-opus-4-6')));
      assert.ok(error instanceof made, `${status}: ${error.constructor.name}`);
      assert.ok(error.message.includes(`scripted ${type}`), error.message);
    }
    const error = await failing(client().messages.create(ask('dynamic/nowhere')));
    assert.ok(error instanceof Anthropic.NotFoundError, error.constructor.name);
    assert.equal(error.error.type, 'error');
  });

  test('of other providers have Anthropic\'s shape and the provider\'s message', async () => {
    upstream.use(say.status(429, 'too many of yours', { 'retry-after': '7' }));
    const error = await failing(client().messages.create(ask('openai/gpt-5.4')));
    assert.ok(error instanceof Anthropic.RateLimitError, error.constructor.name);
    assert.equal(error.error.type, 'error');
    assert.ok(error.message.includes('too many of yours'), error.message);
  });

  test('in the middle of a stream reach the caller, passed through and translated', async () => {
    upstream.use(claude.failsInStream('hello', 'overloaded_error', 'Overloaded, scripted'));
    const own = await failing(client().messages.stream(ask('anthropic/claude-opus-4-6')).finalMessage());
    assert.ok(own.message.includes('Overloaded, scripted'), own.message);
    for (const script of [say.resetInStream(['hel', 'lo']), say.truncatedStream(['hel', 'lo'])]) {
      upstream.use(script);
      const error = await failing(client().messages.stream(ask('openai/gpt-5.4')).finalMessage());
      assert.ok(error instanceof Anthropic.APIError || error instanceof Anthropic.AnthropicError, error.constructor.name);
    }
    upstream.use(claude.cutOff('hello'));
    await failing(client().messages.stream(ask('anthropic/claude-opus-4-6')).finalMessage());
  });

  test('before the first token fall back to another provider', async () => {
    upstream.use(say.completion('hello from gpt'));
    upstream.once(claude.fails(529, 'overloaded_error', 'Overloaded'));
    const whole = await client().messages.stream(ask('dynamic/mixed')).finalMessage();
    assert.equal(whole.content[0].text, 'hello from gpt');
    assert.deepEqual(upstream.seen.map(path), ['/v1/messages', '/v1/chat/completions']);
  });
});

describe('npm @anthropic-ai/sdk, translated', () => {
  test('to OpenAI: instructions, pictures, schema and stop texts', async () => {
    upstream.use(say.completion('hello from gpt'));
    const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
    const picture = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } };
    const { data, response } = await client().messages.create(ask('dynamic/gpt', {
      system: 'Be brief.', stop_sequences: ['END'],
      output_config: { format: { type: 'json_schema', schema } },
      messages: [{ role: 'user', content: [picture, { type: 'text', text: 'What is it?', cache_control: { type: 'ephemeral' } }] }],
    })).withResponse();
    assert.deepEqual(data.content.map((it) => [it.type, it.text]), [['text', 'hello from gpt']]);
    assert.deepEqual([data.stop_reason, data.usage.input_tokens, data.usage.output_tokens], ['end_turn', 12, 7]);
    assert.equal(response.headers.get('pointsman-dropped'), 'messages[0].content[1].cache_control');
    const [{ json: sent, headers }] = upstream.seen;
    assert.equal(headers.authorization, `Bearer ${KEYS.openai}`);
    assert.equal(sent.messages[0].role === 'system' || sent.messages[0].role === 'developer', true);
    assert.equal(sent.messages[1].content[0].image_url.url, 'data:image/png;base64,aGk=');
    assert.deepEqual(sent.response_format.json_schema.schema, schema);
    assert.deepEqual([sent.stop].flat(), ['END']);
    assert.equal(sent.max_completion_tokens ?? sent.max_tokens, 256);
  });

  test('what cannot be said is refused by name, or left out on request', async () => {
    upstream.use(say.completion('hello from gpt'));
    const odd = ask('dynamic/gpt', { mcp_servers: [{ type: 'url', url: 'https://mcp.example', name: 'x' }] });
    const error = await client().messages.create(odd).then(() => assert.fail('it should fail'), (it) => it);
    assert.ok(error instanceof Anthropic.BadRequestError, error.constructor.name);
    assert.ok(error.message.includes('mcp_servers'), error.message);
    assert.equal(upstream.seen.length, 0);
    const { data, response } = await client().messages.create(odd, { headers: { 'pointsman-on-unsupported': 'drop' } }).withResponse();
    assert.equal(data.content[0].text, 'hello from gpt');
    assert.ok(response.headers.get('pointsman-dropped').includes('mcp_servers'));
  });

  test('a loop of tools runs over OpenAI, streamed', async () => {
    upstream.use(say.completion('21 degrees in Paris'));
    upstream.once(say.toolCalls());
    const messages = [{ role: 'user', content: 'Weather?' }];
    const first = await client().messages.stream(ask('dynamic/gpt', { tools: [weather], messages })).finalMessage();
    assert.equal(first.stop_reason, 'tool_use');
    const [call] = first.content.filter((it) => it.type === 'tool_use');
    assert.deepEqual([call.name, call.input], ['weather', { city: 'Paris', unit: '°C' }]);
    messages.push({ role: 'assistant', content: first.content });
    messages.push({ role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: '21 °C' }] });
    const last = await client().messages.stream(ask('dynamic/gpt', { tools: [weather], messages })).finalMessage();
    assert.equal(last.content[0].text, '21 degrees in Paris');
    const sent = upstream.seen[1].json.messages;
    assert.deepEqual(sent.map((it) => it.role), ['user', 'assistant', 'tool']);
    assert.deepEqual([sent[1].tool_calls[0].id, sent[2].tool_call_id, sent[2].content], ['call_1', 'call_1', '21 °C']);
  });

  test('a loop of tools brings Gemini\'s signature back, plain and streamed', async () => {
    for (const streamed of [false, true]) {
      upstream.clear();
      const run = (body) => streamed ? client().messages.stream(body).finalMessage() : client().messages.create(body);
      upstream.once(
        gemini({ text: 'The weather is needed.', thought: true }, { functionCall: { name: 'weather', args: { city: 'Paris' } }, thoughtSignature: 'c2lnbmVkIGJ5IGdlbWluaQ==' }),
        gemini({ text: '21 degrees' }, { text: ' in Paris' }),
      );
      const messages = [{ role: 'user', content: 'Weather?' }];
      const first = await run(ask('dynamic/gem', { tools: [weather], messages }));
      assert.equal(first.stop_reason, 'tool_use');
      const call = first.content.find((it) => it.type === 'tool_use');
      assert.deepEqual(call.input, { city: 'Paris' });
      messages.push({ role: 'assistant', content: first.content });
      messages.push({ role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: '21 °C' }] });
      const last = await run(ask('dynamic/gem', { tools: [weather], messages }));
      assert.equal(last.content.map((it) => it.text).join(''), '21 degrees in Paris');
      assert.deepEqual([last.usage.input_tokens, last.usage.output_tokens], [20, 5]);
      const [, , { url, headers, json: sent }] = [null, ...upstream.seen];
      assert.ok(url.startsWith('/v1beta/models/gemini-3-pro:'), url);
      assert.equal(headers['x-goog-api-key'], KEYS.gemini);
      const signed = sent.contents.flatMap((it) => it.parts).find((it) => it.functionCall);
      assert.equal(signed.thoughtSignature, 'c2lnbmVkIGJ5IGdlbWluaQ==', streamed ? 'streamed' : 'plain');
    }
  });

  // Threads are state at Anthropic: another provider cannot keep one, so `thread` is refused unless the runner is told not to ask for it.
  test('the tool runner of the beta client runs to its end', async () => {
    upstream.use(say.completion('21 degrees in Paris'));
    upstream.once(say.toolCalls());
    const run = async ({ city, unit }) => `21 ${unit} in ${city}`;
    const runner = client().beta.messages.toolRunner({ ...ask('dynamic/gpt'), thread: false, tools: [{ ...weather, run, parse: (it) => it }] });
    const last = await runner;
    assert.equal(last.content.at(-1).text, '21 degrees in Paris');
    assert.equal(upstream.seen[1].json.messages.at(-1).content, '21 °C in Paris');
  });
});

// The shape of what Claude Code sends, after its documentation for gateways (https://docs.claude.com/en/docs/claude-code/llm-gateway) and
// published captures: a system prompt in cached blocks, `?beta=true`, many betas, `metadata.user_id`, `context_management`, tools with
// whole schemas, streams.
describe('Claude Code', () => {
  const betas = 'claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,prompt-caching-scope-2026-01-05';
  const headers = {
    'content-type': 'application/json', 'x-api-key': 'no-key-needed', 'anthropic-version': '2023-06-01', 'anthropic-beta': betas,
    'anthropic-dangerous-direct-browser-access': 'true', 'x-app': 'cli', 'user-agent': 'claude-cli/2.1.170 (external, cli)', 'x-stainless-lang': 'js',
  };
  const cached = (text) => ({ type: 'text', text, cache_control: { type: 'ephemeral' } });
  const bash = {
    name: 'Bash', description: 'Executes a given bash command',
    input_schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object',
      properties: { command: { type: 'string', description: 'The command to execute' }, timeout: { type: 'number' } },
      required: ['command'], additionalProperties: false,
    },
  };
  const request = (more = {}) => ({
    model: 'dynamic/claude', max_tokens: 32000, stream: true,
    system: [cached("You are Claude Code, Anthropic's official CLI for Claude."), cached('# Environment\nPlatform: linux')],
    messages: [{ role: 'user', content: [{ type: 'text', text: '<system-reminder>\nToday is a day.\n</system-reminder>' }, cached('list the files')] }],
    tools: [bash, { ...bash, name: 'Read', cache_control: { type: 'ephemeral' } }],
    metadata: { user_id: 'user_3f0c_account__session_8a1d' },
    context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
    ...more,
  });
  const post = (where, body) => gateway.fetch(`/v1/${ACCOUNT}/default/${where}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const events = async (response) => (await response.text()).split('\n\n').filter(Boolean).map((it) => JSON.parse(it.slice(it.indexOf('data: ') + 6)));

  for (const where of ['compat/v1/messages', 'compat/messages', 'anthropic/v1/messages']) {
    test(`reaches Anthropic untouched over ${where}`, async () => {
      upstream.use(claude.calls(['toolu_1', 'Bash', { command: 'ls' }]));
      const response = await post(`${where}?beta=true`, request());
      assert.equal(response.status, 200);
      assert.match(response.headers.get('content-type'), /^text\/event-stream/);
      const all = await events(response);
      assert.deepEqual([all[0].type, all.at(-1).type], ['message_start', 'message_stop']);
      const [seen] = upstream.seen;
      assert.deepEqual(seen.json, request({ model: 'claude-opus-4-6' }));
      assert.equal(seen.headers['anthropic-beta'], betas);
      assert.equal(seen.headers['anthropic-version'], '2023-06-01');
      assert.equal(seen.headers['x-api-key'], KEYS.anthropic);
    });

    test(`works with another provider's model over ${where}`, async () => {
      upstream.use(say.toolCalls());
      const response = await post(`${where}?beta=true`, request({ model: 'dynamic/gpt' }));
      assert.equal(response.status, 200, await response.clone().text());
      const all = await events(response);
      const started = all.find((it) => it.type === 'content_block_start');
      assert.deepEqual([started.content_block.type, started.content_block.name], ['tool_use', 'weather']);
      const input = all.filter((it) => it.delta?.type === 'input_json_delta').map((it) => it.delta.partial_json).join('');
      assert.deepEqual(JSON.parse(input), { city: 'Paris', unit: '°C' });
      assert.equal(all.find((it) => it.type === 'message_delta').delta.stop_reason, 'tool_use');
      const dropped = response.headers.get('pointsman-dropped').split(', ');
      assert.deepEqual(dropped.filter((it) => !it.endsWith('cache_control')), ['context_management.edits']);
      const { json: sent } = upstream.seen[0];
      assert.equal(sent.safety_identifier ?? sent.user, 'user_3f0c_account__session_8a1d');
      assert.deepEqual(sent.tools.map((it) => it.function.name), ['Bash', 'Read']);
      assert.deepEqual(sent.tools[0].function.parameters, bash.input_schema);
    });
  }

  test('its own model names pass on the path of the provider', async () => {
    for (const model of ['claude-opus-5-5', 'claude-haiku-4-5-20251001']) {
      upstream.clear();
      const response = await post('anthropic/v1/messages?beta=true', request({ model, stream: false }));
      assert.equal((await response.json()).content[0].text, 'hello from claude');
      assert.deepEqual(upstream.seen[0].json, request({ model, stream: false }));
      assert.equal(upstream.seen[0].url, '/v1/messages?beta=true');
    }
  });

  test('counts tokens on the path it uses', async () => {
    upstream.use(claude.counts(99));
    const { messages, tools, system } = request();
    for (const where of ['compat/v1/messages/count_tokens', 'anthropic/v1/messages/count_tokens']) {
      const response = await post(`${where}?beta=true`, { model: 'dynamic/claude', messages, tools, system });
      assert.deepEqual(await response.json(), { input_tokens: 99 }, where);
    }
  });

  test('finishes a turn of tools with thinking kept in place', async () => {
    const thinking = { type: 'thinking', thinking: 'ls it is.', signature: 'c2ln' };
    const turn = [
      ...request().messages,
      { role: 'assistant', content: [thinking, { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: 'ls' } }] },
      { role: 'user', content: [{ tool_use_id: 'toolu_1', type: 'tool_result', content: 'a.txt\nb.txt', is_error: false, cache_control: { type: 'ephemeral' } }] },
    ];
    await (await post('compat/v1/messages?beta=true', request({ messages: turn }))).text();
    assert.deepEqual(upstream.seen[0].json.messages, turn);
    // Another provider cannot take Anthropic's thinking in the middle of a loop, and says so.
    const response = await post('compat/v1/messages?beta=true', request({ model: 'dynamic/gpt', messages: turn }));
    const body = await response.json();
    assert.equal(response.status, 400);
    assert.deepEqual([body.type, body.error.type], ['error', 'invalid_request_error']);
    assert.match(body.error.message, /messages\[1\]\.content\[0\]/);
  });
});

describe('a real model behind Messages', () => {
  test('answers the SDK, plain and streamed, passed through and translated', { timeout: 300_000 }, async () => {
    const model = await startModel();
    const real = await startGateway({ env: { POINTSMAN_PROVIDER_OLLAMA_BASE_URL: model.base, POINTSMAN_PROVIDER_OPENAI_BASE_URL: model.base, OPENAI_API_KEY: 'none' } });
    try {
      await createRoute(real, 'own', [el.start('m'), el.model('m', 'smollm2', { provider: 'ollama' }), el.end()]);
      await createRoute(real, 'translated', [el.start('m'), el.model('m', 'smollm2'), el.end()]);
      const sdk = new Anthropic({ apiKey: 'none', baseURL: `${real.url}/v1/${ACCOUNT}/default/compat`, maxRetries: 0 });
      for (const route of ['own', 'translated']) {
        const body = ask(`dynamic/${route}`, { max_tokens: 24, system: 'You are a helpful assistant.' });
        const plain = await sdk.messages.create(body);
        assert.ok(plain.content.some((it) => it.type === 'text' && it.text.trim()), `${route}: ${JSON.stringify(plain)}`);
        assert.ok(plain.usage.input_tokens > 0 && plain.usage.output_tokens > 0, route);
        // This server's own stream lacks `message_start`, without which the SDK's stream helper does not begin; its events are read one by one.
        let text = '';
        let last;
        for await (const it of await sdk.messages.create({ ...body, stream: true })) {
          if (it.type === 'content_block_delta') text += it.delta.text ?? '';
          if (it.type === 'message_delta') last = it;
        }
        assert.ok(text.trim(), route);
        assert.ok(['end_turn', 'max_tokens'].includes(last.delta.stop_reason), last.delta.stop_reason);
        assert.ok(last.usage.output_tokens > 0, route);
      }
    } finally {
      await real.stop();
      await model.stop();
    }
  });
});
