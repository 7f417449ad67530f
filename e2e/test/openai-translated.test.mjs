// Chat completions and Responses as ways in, before providers that speak something else: npm `openai`, the requests of Codex, npm `ai` with
// `@ai-sdk/openai-compatible`, and PyPI `litellm`.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, stepCountIs, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { z } from 'zod';
import { claude } from '../lib/anthropic.mjs';
import { ACCOUNT, createRoute, el, startGateway } from '../lib/gateway.mjs';
import { say, startUpstream } from '../lib/upstream.mjs';

const PYTHON = fileURLToPath(new URL('../../.tools/litellm/bin/python', import.meta.url));
const LITELLM = fileURLToPath(new URL('../lib/litellm_client.py', import.meta.url));
const KEYS = { anthropic: 'sk-ant-canary-1', openai: 'sk-canary-2', deepseek: 'sk-canary-3' };
let upstream;
let gateway;

before(async () => {
  upstream = await startUpstream();
  const root = upstream.base.replace('/v1', '');
  gateway = await startGateway({
    env: {
      POINTSMAN_PROVIDER_ANTHROPIC_BASE_URL: root, ANTHROPIC_API_KEY: KEYS.anthropic,
      POINTSMAN_PROVIDER_OPENAI_BASE_URL: upstream.base, OPENAI_API_KEY: KEYS.openai,
      POINTSMAN_PROVIDER_DEEPSEEK_BASE_URL: root, DEEPSEEK_API_KEY: KEYS.deepseek,
    },
  });
  await createRoute(gateway, 'claude', [el.start('m'), el.model('m', 'claude-opus-4-6', { provider: 'anthropic' }), el.end()]);
  await createRoute(gateway, 'gpt', [el.start('m'), el.model('m', 'gpt-5.4'), el.end()]);
  await createRoute(gateway, 'chat', [el.start('m'), el.model('m', 'deepseek-chat', { provider: 'deepseek' }), el.end()]);
});
beforeEach(() => { upstream.clear(); upstream.use(claude.says('hello from claude')); });
after(async () => { await gateway.stop(); await upstream.stop(); });

const base = (where = 'compat') => `${gateway.url}/v1/${ACCOUNT}/default/${where}`;
const client = (where) => new OpenAI({ apiKey: 'no-key-needed', baseURL: base(where), maxRetries: 0 });
const failing = async (call) => call.then(() => assert.fail('it should fail'), (error) => error);
const thinking = { type: 'thinking', thinking: 'The weather is needed.', signature: 'c2lnbmVkIGJ5IGNsYXVkZQ==' };
const wanted = { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Paris' } };
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };
const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };

describe('npm openai, chat completions before Anthropic', () => {
  const messages = [{ role: 'user', content: 'Say hello' }];
  const ask = (more = {}) => ({ model: 'dynamic/claude', messages, ...more });
  const weather = { type: 'function', function: { name: 'weather', parameters } };

  /** A stream put together as its events say. */
  const gathered = async (stream) => {
    const message = { role: 'assistant', content: null };
    let finish;
    for await (const { choices: [choice] } of stream) {
      if (!choice) continue;
      const { content, tool_calls: calls = [], reasoning_details: details } = choice.delta;
      if (content) message.content = (message.content ?? '') + content;
      if (details) message.reasoning_details = details;
      for (const { index, function: { arguments: more = '', ...named }, ...call } of calls) {
        message.tool_calls ??= [];
        message.tool_calls[index] ??= { id: call.id, type: 'function', function: { ...named, arguments: '' } };
        message.tool_calls[index].function.arguments += more;
      }
      finish = choice.finish_reason ?? finish;
    }
    return { message, finish_reason: finish };
  };

  test('a plain request is a message to Anthropic, and its answer a completion', async () => {
    const system = { role: 'system', content: 'Be brief.' };
    const { data, response } = await client().chat.completions.create(ask({ messages: [system, ...messages], max_completion_tokens: 99, stop: 'END' })).withResponse();
    assert.equal(data.object, 'chat.completion');
    assert.equal(data.choices[0].message.content, 'hello from claude');
    assert.equal(data.choices[0].finish_reason, 'stop');
    assert.deepEqual([data.usage.prompt_tokens, data.usage.completion_tokens, data.usage.total_tokens], [12, 7, 19]);
    assert.equal(response.headers.get('pointsman-route'), 'claude');
    assert.equal(response.headers.get('pointsman-dropped'), null);
    const [{ url, headers, json: sent }] = upstream.seen;
    assert.equal(url, '/v1/messages');
    assert.equal(headers['x-api-key'], KEYS.anthropic);
    assert.deepEqual([sent.model, sent.max_tokens, sent.stop_sequences], ['claude-opus-4-6', 99, ['END']]);
    assert.deepEqual([sent.system].flat().map((it) => it.text ?? it), ['Be brief.']);
    assert.deepEqual(sent.messages.map((it) => it.role), ['user']);
  });

  test('a stream is put together by the helper, with usage as asked for', async () => {
    upstream.use(claude.says('hello in pieces, é 🚂'));
    const stream = client().chat.completions.stream(ask({ stream_options: { include_usage: true } }));
    const whole = await stream.finalChatCompletion();
    assert.equal(whole.choices[0].message.content, 'hello in pieces, é 🚂');
    assert.equal(whole.choices[0].finish_reason, 'stop');
    assert.deepEqual([whole.usage.prompt_tokens, whole.usage.completion_tokens], [12, 7]);
  });

  test('a loop of tools brings the signature of the thinking back, plain and streamed', async () => {
    for (const streamed of [false, true]) {
      upstream.clear();
      upstream.once(claude.says([thinking, wanted], { reason: 'tool_use' }), claude.says('21 degrees in Paris'));
      const run = async (body) => {
        if (streamed) return gathered(await client().chat.completions.create({ ...body, stream: true }));
        return (await client().chat.completions.create(body)).choices[0];
      };
      const turn = [{ role: 'user', content: 'Weather?' }];
      const more = { tools: [weather], reasoning_effort: 'low' };
      const first = await run(ask({ messages: turn, ...more }));
      assert.equal(first.finish_reason, 'tool_calls');
      const [call] = first.message.tool_calls;
      assert.deepEqual([call.id, call.function.name, JSON.parse(call.function.arguments)], ['toolu_1', 'weather', { city: 'Paris' }]);
      turn.push(first.message, { role: 'tool', tool_call_id: call.id, content: '21 °C' });
      const last = await run(ask({ messages: turn, ...more }));
      assert.equal(last.message.content, '21 degrees in Paris');
      const sent = upstream.seen[1].json.messages;
      assert.deepEqual(sent.map((it) => it.role), ['user', 'assistant', 'user']);
      assert.deepEqual(sent[1].content, [thinking, wanted], streamed ? 'streamed' : 'plain');
      const [result] = sent[2].content;
      assert.deepEqual([result.type, result.tool_use_id], ['tool_result', 'toolu_1']);
      assert.equal([result.content].flat().map((it) => it.text ?? it).join(''), '21 °C');
    }
  });

  test('structured output is Anthropic\'s own, and is parsed', async () => {
    upstream.use(claude.says('{"a":"b"}'));
    const response_format = { type: 'json_schema', json_schema: { name: 'it', strict: true, schema } };
    const whole = await client().chat.completions.parse(ask({ response_format }));
    assert.deepEqual(whole.choices[0].message.parsed, { a: 'b' });
    assert.deepEqual(upstream.seen[0].json.output_config, { format: { type: 'json_schema', schema } });
  });

  test('what cannot be said is refused by name, or left out on request', async () => {
    const odd = ask({ logit_bias: { 50256: -100 } });
    const error = await failing(client().chat.completions.create(odd));
    assert.ok(error instanceof OpenAI.BadRequestError, error.constructor.name);
    assert.ok(error.message.includes('logit_bias'), error.message);
    assert.equal(upstream.seen.length, 0);
    const { data, response } = await client().chat.completions.create(odd, { headers: { 'pointsman-on-unsupported': 'drop' } }).withResponse();
    assert.equal(data.choices[0].message.content, 'hello from claude');
    assert.equal(response.headers.get('pointsman-dropped'), 'logit_bias');
    assert.equal(upstream.seen[0].json.logit_bias, undefined);
  });

  test('errors of Anthropic become the SDK\'s own exceptions', async () => {
    for (const [status, type, made] of [
      [400, 'invalid_request_error', OpenAI.BadRequestError],
      [404, 'not_found_error', OpenAI.NotFoundError],
      [429, 'rate_limit_error', OpenAI.RateLimitError],
      [529, 'overloaded_error', OpenAI.InternalServerError],
    ]) {
      upstream.use(claude.fails(status, type, `scripted ${type}`));
      const error = await failing(client().chat.completions.create({ ...ask(), model: 'anthropic/claude-opus-4-6' }));
      assert.ok(error instanceof made, `${status}: ${error.constructor.name}`);
      assert.ok(error.message.includes(`scripted ${type}`), error.message);
    }
  });

  test('an error in the middle of a stream becomes an APIError', async () => {
    for (const [script, told] of [
      [claude.failsInStream('hello', 'overloaded_error', 'Overloaded, scripted'), 'Overloaded, scripted'],
      [claude.cutOff('hello'), ''],
    ]) {
      upstream.use(script);
      let text = '';
      const error = await failing((async () => {
        for await (const it of await client().chat.completions.create(ask({ stream: true }))) text += it.choices[0]?.delta.content ?? '';
      })());
      assert.ok(error instanceof OpenAI.APIError, error.constructor.name);
      assert.ok(error.message.includes(told), error.message);
      assert.equal(text, 'hello');
    }
  });
});

describe('npm openai, Responses', () => {
  const input = [{ role: 'user', content: 'Say hello' }];
  const weather = { type: 'function', name: 'weather', parameters, strict: false };
  // Each has a script for words and one for a call of `weather`; `answered` reads what came back to it as the result of the call.
  const ways = {
    claude: {
      words: (text) => claude.says(text), calls: () => claude.says([thinking, wanted], { reason: 'tool_use' }), url: '/v1/messages',
      answered: (sent) => [sent.messages.at(-1).content].flat().map((it) => [it.tool_use_id, [it.content].flat().map((part) => part.text ?? part).join('')])[0],
      schema: (sent) => sent.output_config.format.schema,
    },
    chat: {
      words: (text) => say.completion(text), calls: () => say.toolCalls(), url: '/chat/completions',
      answered: (sent) => [sent.messages.at(-1).tool_call_id, sent.messages.at(-1).content],
      schema: (sent) => sent.response_format.json_schema.schema,
    },
  };

  for (const [route, way] of Object.entries(ways)) {
    const ask = (more = {}) => ({ model: `dynamic/${route}`, input, store: false, ...more });

    test(`create and its stream helper, before ${route}`, async () => {
      upstream.use(way.words('hello in pieces, é'));
      const { data: plain, response } = await client().responses.create(ask({ instructions: 'Be brief.' })).withResponse();
      assert.equal(response.headers.get('pointsman-route'), route);
      assert.deepEqual([plain.object, plain.status, plain.output_text], ['response', 'completed', 'hello in pieces, é']);
      assert.deepEqual([plain.usage.input_tokens, plain.usage.output_tokens, plain.usage.total_tokens], [12, 7, 19]);
      const stream = client().responses.stream(ask({ instructions: 'Be brief.' }));
      let text = '';
      stream.on('response.output_text.delta', ({ delta }) => { text += delta; });
      const whole = await stream.finalResponse();
      assert.equal(text, 'hello in pieces, é');
      assert.deepEqual([whole.status, whole.output_text], ['completed', 'hello in pieces, é']);
      assert.deepEqual([whole.usage.input_tokens, whole.usage.output_tokens], [12, 7]);
      for (const { url, body } of upstream.seen) {
        assert.equal(url, way.url);
        assert.ok(body.includes('Be brief.'), body);
      }
    });

    test(`a loop of tools, plain and streamed, before ${route}`, async () => {
      for (const streamed of [false, true]) {
        upstream.clear();
        upstream.use(way.words('21 degrees in Paris'));
        upstream.once(way.calls());
        const run = (body) => streamed ? client().responses.stream(body).finalResponse() : client().responses.create(body);
        const turn = [{ role: 'user', content: 'Weather?' }];
        const more = { tools: [weather], include: ['reasoning.encrypted_content'] };
        const first = await run(ask({ input: turn, ...more }));
        const call = first.output.find((it) => it.type === 'function_call');
        assert.deepEqual([call.name, JSON.parse(call.arguments).city], ['weather', 'Paris']);
        turn.push(...first.output.map(({ parsed_arguments: _, ...it }) => it), { type: 'function_call_output', call_id: call.call_id, output: '21 °C' });
        const last = await run(ask({ input: turn, ...more }));
        assert.equal(last.output_text, '21 degrees in Paris');
        const { json: sent } = upstream.seen[1];
        assert.deepEqual(way.answered(sent), [call.call_id, '21 °C']);
        if (route === 'claude') assert.deepEqual(sent.messages.at(-2).content, [thinking, wanted], streamed ? 'streamed' : 'plain');
      }
    });

    test(`structured output is parsed, before ${route}`, async () => {
      upstream.use(way.words('{"a":"b"}'));
      const whole = await client().responses.parse(ask({ text: { format: { type: 'json_schema', name: 'it', strict: true, schema } } }));
      assert.deepEqual(whole.output_parsed, { a: 'b' });
      assert.deepEqual(way.schema(upstream.seen[0].json), schema);
    });
  }

  test('errors of other providers become the SDK\'s own exceptions', async () => {
    const ask = (model, more) => client().responses.create({ model, input, store: false, ...more });
    upstream.use(claude.fails(429, 'rate_limit_error', 'too many of yours'));
    const limited = await failing(ask('anthropic/claude-opus-4-6'));
    assert.ok(limited instanceof OpenAI.RateLimitError, limited.constructor.name);
    assert.ok(limited.message.includes('too many of yours'), limited.message);
    upstream.use(say.status(400, 'no such thing'));
    const bad = await failing(ask('deepseek/deepseek-chat'));
    assert.ok(bad instanceof OpenAI.BadRequestError, bad.constructor.name);
    assert.ok(bad.message.includes('no such thing'), bad.message);
    upstream.clear();
    const kept = await failing(ask('dynamic/claude', { previous_response_id: 'resp_1' }));
    assert.ok(kept instanceof OpenAI.BadRequestError, kept.constructor.name);
    assert.ok(kept.message.includes('previous_response_id'), kept.message);
    assert.equal(upstream.seen.length, 0);
    assert.ok(await failing(ask('dynamic/nowhere')) instanceof OpenAI.NotFoundError);
  });

  test('an error in the middle of a stream reaches the caller', async () => {
    for (const [route, script, told] of [
      ['claude', claude.failsInStream('hello', 'overloaded_error', 'Overloaded, scripted'), 'Overloaded, scripted'],
      ['claude', claude.cutOff('hello'), ''],
      ['chat', say.resetInStream(['hel', 'lo']), ''],
    ]) {
      upstream.use(script);
      let text = '';
      const stream = client().responses.stream({ model: `dynamic/${route}`, input, store: false });
      stream.on('response.output_text.delta', ({ delta }) => { text += delta; });
      const error = await failing(stream.finalResponse());
      assert.ok(error instanceof OpenAI.APIError, `${route}: ${error.constructor.name} ${error.message}`);
      assert.ok(error.message.includes(told), error.message);
      assert.equal(text, 'hello', route);
    }
  });

  test('before OpenAI, bytes go and come unchanged, but for the name of the model', async () => {
    const answer = '{ "id":"resp_1", "object":"response","created_at":1700000000,"status":"completed","model":"gpt-5.4", "output":[{"type":"message","id":"msg_1",'
      + '"status":"completed","role":"assistant","content":[{"type":"output_text","text":"hi \\u00e9","annotations":[]}]}],"usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5},"new_of_tomorrow":1.0}';
    const streamed = [
      { type: 'response.created', sequence_number: 0, response: { id: 'resp_1', object: 'response', status: 'in_progress', output: [] } },
      { type: 'response.output_text.delta', sequence_number: 1, item_id: 'msg_1', output_index: 0, content_index: 0, delta: 'hi é' },
      { type: 'response.completed', sequence_number: 2, response: JSON.parse(answer) },
    ].map((it) => `event: ${it.type}\ndata: ${JSON.stringify(it)}\n\n`).join('');
    upstream.use(({ req, res }) => {
      res.writeHead(200, { 'content-type': req.json.stream ? 'text/event-stream' : 'application/json' });
      res.end(req.json.stream ? streamed : answer);
    });
    for (const stream of [false, true]) {
      upstream.clear();
      const body = (model) => `{ "input" : "caf\\u00e9", "model":"${model}",\n "unheard_of":{"a":[1e0, 2.50]}, "store":true,"stream":${stream}}`;
      const response = await gateway.fetch(`/v1/${ACCOUNT}/default/compat/responses`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: body('dynamic/gpt') });
      assert.equal(await response.text(), stream ? streamed : answer);
      assert.deepEqual([upstream.seen[0].url, upstream.seen[0].body], ['/v1/responses', body('gpt-5.4')]);
    }
    assert.equal((await client().responses.create({ model: 'dynamic/gpt', input: 'hi' })).output_text, 'hi é');
  });
});

// The shape of what Codex sends, after its public source: instructions, a developer's and a user's messages, `store: false`, encrypted reasoning.
describe('Codex', () => {
  const headers = {
    'content-type': 'application/json', accept: 'text/event-stream', authorization: 'Bearer no-key-needed', originator: 'codex_cli_rs', version: '0.98.0',
    session_id: '0199a213-81c0-7800-8aa1-bbab2a035a53', 'user-agent': 'codex_cli_rs/0.98.0 (Debian 12.0.0; x86_64) xterm-256color', 'openai-beta': 'responses=experimental',
  };
  const said = (role, text) => ({ type: 'message', role, content: [{ type: 'input_text', text }] });
  const shell = {
    type: 'function', name: 'shell', description: 'Runs a shell command', strict: false,
    parameters: { type: 'object', properties: { command: { type: 'array', items: { type: 'string' } } }, required: ['command'], additionalProperties: false },
  };
  const request = (route, more = []) => ({
    model: `dynamic/${route}`, instructions: 'You are Codex, based on GPT-5.',
    input: [said('developer', '<permissions instructions>'), said('user', '<environment_context>\n  <cwd>/tmp</cwd>\n</environment_context>'), said('user', 'list the files'), ...more],
    tools: [shell], tool_choice: 'auto', parallel_tool_calls: false, reasoning: { effort: 'medium', summary: 'auto' },
    store: false, stream: true, include: ['reasoning.encrypted_content'], prompt_cache_key: '0199a213-81c0-7800-8aa1-bbab2a035a53',
  });
  const send = (where, body, more = {}) => gateway.fetch(`/v1/${ACCOUNT}/default/${where}`, { method: 'POST', headers: { ...headers, ...more }, body: JSON.stringify(body) });
  const post = async (where, body, more) => {
    const response = await send(where, body, more);
    const text = await response.text();
    assert.equal(response.status, 200, text);
    assert.match(response.headers.get('content-type'), /^text\/event-stream/);
    return text.split('\n\n').filter(Boolean).map((it) => JSON.parse(it.slice(it.indexOf('data: ') + 6)));
  };
  const done = (events) => events.filter((it) => it.type === 'response.output_item.done').map((it) => it.item);

  for (const where of ['compat/responses', 'openai/responses', 'openai/v1/responses']) {
    test(`runs a tool and comes to its end over ${where}`, async () => {
      const thought = { ...thinking, thinking: 'ls it is.' };
      const ls = { type: 'tool_use', id: 'toolu_1', name: 'shell', input: { command: ['ls'] } };
      upstream.once(claude.says([thought, ls], { reason: 'tool_use' }), claude.says('a.txt'));
      const first = await post(where, request('claude'));
      assert.equal(first[0].type, 'response.created');
      assert.deepEqual(first.map((it) => it.sequence_number), first.map((_, index) => index));
      const items = done(first);
      assert.deepEqual(items.map((it) => it.type), ['reasoning', 'function_call']);
      assert.deepEqual([items[1].name, items[1].call_id, JSON.parse(items[1].arguments)], ['shell', 'toolu_1', { command: ['ls'] }]);
      const { type, response } = first.at(-1);
      assert.equal(type, 'response.completed');
      assert.ok(response.id);
      assert.deepEqual([response.usage.input_tokens, response.usage.output_tokens, response.usage.total_tokens], [12, 7, 19]);
      assert.deepEqual(response.output, items);
      const output = { type: 'function_call_output', call_id: 'toolu_1', output: '{"output":"a.txt\\n","metadata":{"exit_code":0}}' };
      const last = await post(where, request('claude', [...items, output]));
      assert.deepEqual(done(last).map((it) => [it.type, it.role, it.content[0].text]), [['message', 'assistant', 'a.txt']]);
      const [, { url, json: sent, headers: went }] = upstream.seen;
      assert.equal(url, '/v1/messages');
      assert.deepEqual([went['x-api-key'], went.authorization, went.originator], [KEYS.anthropic, undefined, undefined]);
      assert.deepEqual(sent.messages.at(-2), { role: 'assistant', content: [thought, ls] });
      assert.deepEqual(sent.tools.map((it) => [it.name, it.input_schema]), [['shell', shell.parameters]]);
    });
  }

  // Unless its configuration says `web_search = "disabled"`, it offers a search that only OpenAI has.
  test('its search is refused by name before another provider, and left out on request', async () => {
    const offered = { ...request('claude'), tools: [shell, { type: 'web_search', external_web_access: false }] };
    const refused = await send('openai/responses', offered);
    assert.equal(refused.status, 400);
    assert.match((await refused.json()).error.message, /tools\[1\]/);
    assert.equal(upstream.seen.length, 0);
    const events = await post('openai/responses', offered, { 'pointsman-on-unsupported': 'drop' });
    assert.equal(events.at(-1).type, 'response.completed');
    assert.deepEqual(upstream.seen[0].json.tools.map((it) => it.name), ['shell']);
  });

  test('runs a tool before a provider of chat completions', async () => {
    upstream.use(say.toolCalls());
    const events = await post('openai/responses', request('chat'));
    assert.deepEqual(done(events).map((it) => [it.type, it.call_id, JSON.parse(it.arguments)]), [['function_call', 'call_1', { city: 'Paris', unit: '°C' }]]);
    assert.deepEqual([events[0].type, events.at(-1).type], ['response.created', 'response.completed']);
  });
});

describe('npm ai with @ai-sdk/openai-compatible, before Anthropic', () => {
  const provider = () => createOpenAICompatible({ name: 'pointsman', baseURL: base(), apiKey: 'no-key-needed', includeUsage: true });

  test('generateText', async () => {
    const result = await generateText({ model: provider()('dynamic/claude'), system: 'Be brief.', prompt: 'Say hello', maxOutputTokens: 50, maxRetries: 0 });
    assert.equal(result.text, 'hello from claude');
    assert.deepEqual([result.finishReason, result.usage.inputTokens, result.usage.outputTokens], ['stop', 12, 7]);
    assert.equal(upstream.seen[0].json.max_tokens, 50);
  });

  test('streamText with a tool', async () => {
    upstream.use(claude.says('21 degrees in Paris'));
    upstream.once(claude.says([{ type: 'text', text: 'Let me see.' }, wanted], { reason: 'tool_use' }));
    const weather = tool({ description: 'The weather of a city', inputSchema: z.object({ city: z.string() }), execute: async ({ city }) => `21 °C in ${city}` });
    const result = streamText({ model: provider()('dynamic/claude'), prompt: 'Weather?', tools: { weather }, stopWhen: stepCountIs(3), maxRetries: 0, onError: ({ error }) => { throw error; } });
    assert.equal(await result.text, '21 degrees in Paris');
    assert.equal((await result.steps).length, 2);
    const sent = upstream.seen[1].json.messages;
    assert.deepEqual(sent[1].content, [{ type: 'text', text: 'Let me see.' }, wanted]);
    assert.match(JSON.stringify(sent[2].content), /21 °C in Paris/);
  });
});

describe('PyPI litellm, before Anthropic', () => {
  test('reads completions, streams, calls and errors', { timeout: 120_000 }, async () => {
    upstream.use(({ req, res }) => {
      const script = req.json.tools ? claude.calls(['toolu_1', 'weather', { city: 'Paris' }]) : claude.says('hello from claude');
      return script({ req, res });
    });
    const env = { PATH: process.env.PATH, HOME: gateway.dir, LITELLM_LOCAL_MODEL_COST_MAP: 'True' };
    const { stdout } = await promisify(execFile)(PYTHON, [LITELLM, base(), 'dynamic/claude'], { env });
    const { plain, streamed, called, refused } = JSON.parse(stdout);
    for (const it of [plain, streamed]) {
      assert.equal(it.choices[0].message.content, 'hello from claude');
      assert.equal(it.choices[0].finish_reason, 'stop');
      assert.deepEqual([it.usage.prompt_tokens, it.usage.completion_tokens], [12, 7]);
    }
    const [call] = called.choices[0].message.tool_calls;
    assert.deepEqual([call.id, call.function.name, JSON.parse(call.function.arguments)], ['toolu_1', 'weather', { city: 'Paris' }]);
    assert.equal(called.choices[0].finish_reason, 'tool_calls');
    assert.match(refused, /logit_bias/);
  });
});
