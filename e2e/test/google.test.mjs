// Gemini behind a dynamic route under the official npm `openai` SDK, and Google's own SDK at our native paths.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { GoogleGenAI } from '@google/genai';
import { ACCOUNT, createRoute, el, startGateway } from '../lib/gateway.mjs';
import { reply, serviceAccount, startGemini } from '../lib/gemini.mjs';

const KEY = 'AIza-canary-9f3c2b1a0d';
const MODEL = 'gemini-3.8-flash';
const messages = [{ role: 'user', content: 'Say hello' }];
const weather = { type: 'function', function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } };
let gemini;
let gateway;
let openai;
let folder;

before(async () => {
  gemini = await startGemini();
  folder = mkdtempSync(path.join(tmpdir(), 'pointsman-google-'));
  const file = path.join(folder, 'key.json');
  writeFileSync(file, JSON.stringify(serviceAccount(gemini.base)));
  gateway = await startGateway({
    env: {
      POINTSMAN_PROVIDER_GOOGLE_AI_STUDIO_BASE_URL: gemini.base, GEMINI_API_KEY: KEY,
      POINTSMAN_PROVIDER_GOOGLE_VERTEX_AI_BASE_URL: `${gemini.base}/v1/projects/p/locations/global`,
      GOOGLE_APPLICATION_CREDENTIALS: file,
    },
  });
  openai = gateway.openai();
  const route = (name, model, provider) => createRoute(gateway, name, [el.start('m'), el.model('m', model, { provider }), el.end()]);
  await route('gemini', MODEL, 'google-ai-studio');
  await route('vertex', MODEL, 'google-vertex-ai');
  await route('embed', 'gemini-embedding-001', 'google-ai-studio');
});
beforeEach(() => { gemini.clear(); gemini.answer(() => [reply([{ text: 'hello from Gemini' }])]); });
after(async () => { await gateway.stop(); await gemini.stop(); rmSync(folder, { recursive: true }); });

/** Answers with a call first, then with what the function gave back. */
const loop = (req) => {
  const result = req.json.contents.at(-1).parts[0].functionResponse;
  if (result) return [reply([{ text: `It is ${result.response.output}.` }])];
  return [
    reply([{ functionCall: { name: 'get_weather', args: { city: 'Paris' } }, thoughtSignature: 'c2lnbmF0dXJl' }, { functionCall: { name: 'get_weather', args: { city: 'London' } } }]),
  ];
};

describe('a dynamic route to Gemini', () => {
  test('answers the OpenAI SDK, and says what Gemini was asked', async () => {
    const response_format = { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object', properties: { a: { type: 'string' } } } } };
    const answer = await openai.chat.completions.create({
      model: 'dynamic/gemini', messages: [{ role: 'system', content: 'Be brief.' }, ...messages],
      max_completion_tokens: 64, stop: ['END'], seed: 7, reasoning_effort: 'low', response_format,
    });
    assert.equal(answer.choices[0].message.content, 'hello from Gemini');
    assert.equal(answer.choices[0].finish_reason, 'stop');
    assert.deepEqual([answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.completion_tokens_details.reasoning_tokens], [10, 12, 7]);
    const [request] = gemini.seen;
    assert.equal(request.url, `/v1beta/models/${MODEL}:generateContent`);
    assert.equal(request.headers['x-goog-api-key'], KEY);
    assert.equal(request.headers.authorization, undefined);
    assert.deepEqual(request.json, {
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [{ role: 'user', parts: [{ text: 'Say hello' }] }],
      generationConfig: {
        seed: 7, maxOutputTokens: 64, stopSequences: ['END'], responseMimeType: 'application/json',
        responseJsonSchema: response_format.json_schema.schema, thinkingConfig: { thinkingLevel: 'LOW' },
      },
    });
  });

  test('streams, with thoughts and usage', async () => {
    gemini.answer(() => [
      reply([{ text: 'Hmm.', thought: true }], { finish: null }), reply([{ text: 'hello ' }], { finish: null }), reply([{ text: 'there', thoughtSignature: 'c2ln' }]),
    ]);
    const stream = await openai.chat.completions.create({ model: 'dynamic/gemini', messages, stream: true, stream_options: { include_usage: true } });
    const seen = [];
    for await (const it of stream) seen.push(it);
    const deltas = seen.flatMap((it) => it.choices.map((choice) => choice.delta));
    assert.equal(deltas.map((it) => it.content ?? '').join(''), 'hello there');
    assert.equal(deltas.map((it) => it.reasoning_content ?? '').join(''), 'Hmm.');
    assert.equal(seen.at(-1).usage.total_tokens, 22);
    assert.equal(gemini.seen[0].url, `/v1beta/models/${MODEL}:streamGenerateContent?alt=sse`);
  });

  for (const stream of [false, true]) {
    test(`keeps a tool loop going with the signature of its first call, ${stream ? 'streamed' : 'plain'}`, async () => {
      gemini.answer(loop);
      const ask = async (messages) => {
        const body = { model: 'dynamic/gemini', messages, tools: [weather] };
        if (!stream) return (await openai.chat.completions.create(body)).choices[0];
        return (await openai.chat.completions.stream(body).finalChatCompletion()).choices[0];
      };
      const asked = await ask(messages);
      assert.equal(asked.finish_reason, 'tool_calls');
      const calls = asked.message.tool_calls;
      assert.deepEqual(calls.map((it) => JSON.parse(it.function.arguments).city), ['Paris', 'London']);
      assert.equal(new Set(calls.map((it) => it.id)).size, 2);
      // The results come in another order than the calls.
      const results = calls.map((it) => ({ role: 'tool', tool_call_id: it.id, content: JSON.parse(it.function.arguments).city })).reverse();
      const answered = await ask([...messages, asked.message, ...results]);
      assert.equal(answered.message.content, 'It is Paris.');
      const [, model, user] = gemini.seen.at(-1).json.contents;
      assert.deepEqual(model.parts, [
        { functionCall: { name: 'get_weather', args: { city: 'Paris' } }, thoughtSignature: 'c2lnbmF0dXJl' },
        { functionCall: { name: 'get_weather', args: { city: 'London' } } },
      ]);
      assert.deepEqual(user.parts.map((it) => it.functionResponse.response.output), ['Paris', 'London']);
    });
  }

  test('refuses by name what Gemini cannot say, and leaves it out on request', async () => {
    const body = { model: 'dynamic/gemini', messages, tools: [weather], parallel_tool_calls: false };
    await assert.rejects(openai.chat.completions.create(body), (error) => error.status === 400 && /parallel_tool_calls/.test(error.message));
    assert.equal(gemini.seen.length, 0);
    const dropped = await openai.chat.completions.create(body, { headers: { 'pointsman-on-unsupported': 'drop' } }).withResponse();
    assert.equal(dropped.response.headers.get('pointsman-dropped'), 'parallel_tool_calls');
  });

  test("tells Gemini's error in the caller's form", async () => {
    gemini.answer(() => [{ error: { code: 400, message: 'Thinking budget is invalid.', status: 'INVALID_ARGUMENT' } }]);
    await assert.rejects(openai.chat.completions.create({ model: 'dynamic/gemini', messages }), (error) => error.status === 400 && /Thinking budget is invalid/.test(error.message));
  });

  test('embeds texts, in base64 as the SDK asks', async () => {
    const answer = await openai.embeddings.create({ model: 'dynamic/embed', input: ['a', 'b'], dimensions: 3 });
    assert.deepEqual(answer.data.map((it) => it.embedding), [[0, 0.5, -1.25], [1, 0.5, -1.25]]);
    assert.equal(gemini.seen[0].url, '/v1beta/models/gemini-embedding-001:batchEmbedContents');
    assert.equal(gemini.seen[0].json.requests[1].outputDimensionality, 3);
  });
});

describe('Vertex AI', () => {
  test('is called with a token that a service account asked for once', async () => {
    for (let i = 0; i < 3; i += 1) {
      const answer = await openai.chat.completions.create({ model: 'dynamic/vertex', messages });
      assert.equal(answer.choices[0].message.content, 'hello from Gemini');
    }
    assert.equal(gemini.tokens.length, 1);
    for (const call of gemini.calls()) {
      assert.equal(call.url, `/v1/projects/p/locations/global/publishers/google/models/${MODEL}:generateContent`);
      assert.equal(call.headers.authorization, 'Bearer ya29.token-1');
    }
  });
});

describe("Google's own SDK at our native path", () => {
  const client = (options) => new GoogleGenAI({ apiKey: 'not-the-key', httpOptions: { baseUrl: `${gateway.url}/v1/${ACCOUNT}/default/google-ai-studio`, ...options } });
  // The SDK of Python calls `v1`, that of JavaScript `v1beta`.
  for (const apiVersion of ['v1beta', 'v1']) {
    test(`works plain and streamed, ${apiVersion}`, async () => {
      const ai = client({ apiVersion });
      const plain = await ai.models.generateContent({ model: MODEL, contents: 'Say hello' });
      assert.equal(plain.text, 'hello from Gemini');
      gemini.answer(() => [reply([{ text: 'hello ' }], { finish: null }), reply([{ text: 'there' }])]);
      let text = '';
      for await (const it of await ai.models.generateContentStream({ model: MODEL, contents: 'Say hello' })) text += it.text ?? '';
      assert.equal(text, 'hello there');
      assert.deepEqual(gemini.seen.map((it) => it.url), [`/${apiVersion}/models/${MODEL}:generateContent`, `/${apiVersion}/models/${MODEL}:streamGenerateContent?alt=sse`]);
    });
  }

  test('embeds', async () => {
    const answer = await client().models.embedContent({ model: 'gemini-embedding-001', contents: ['a', 'b'] });
    assert.deepEqual(answer.embeddings.map((it) => it.values), [[0, 0.5, -1.25], [1, 0.5, -1.25]]);
  });
});
