// Amazon Bedrock behind a dynamic route under the official npm `openai` SDK, and under AWS's own SDKs at our native path. The upstream checks
// the signature with AWS's signer and encodes streams with AWS's codec.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { KEYS, REGION, call, frame, say, startBedrock, usage } from '../lib/bedrock.mjs';
import { ACCOUNT, createRoute, el, startGateway } from '../lib/gateway.mjs';

const MODEL = 'anthropic.claude-3-5-sonnet-20240620-v1:0';
const PYTHON = fileURLToPath(new URL('../../.tools/aws/bin/python', import.meta.url));
const messages = [{ role: 'user', content: 'Say hello' }];
let bedrock;
let gateway;
let openai;

before(async () => {
  bedrock = await startBedrock();
  gateway = await startGateway({
    env: {
      POINTSMAN_PROVIDER_AWS_BEDROCK_BASE_URL: bedrock.base, AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    },
  });
  openai = gateway.openai({ maxRetries: 0 });
  await createRoute(gateway, 'claude', [el.start('m'), el.model('m', MODEL, { provider: 'aws-bedrock' }), el.end()]);
});
beforeEach(() => { bedrock.clear(); bedrock.answer(() => say('Hello from Bedrock 🚂')); });
after(async () => { await gateway.stop(); await bedrock.stop(); });

const create = (body) => openai.chat.completions.create({ model: 'dynamic/claude', messages, ...body });

describe('a dynamic route to Bedrock', () => {
  test('answers the OpenAI SDK, plain, and signs the path as it is sent', async () => {
    const reply = await create({ max_tokens: 64, stop: ['END'] });
    assert.equal(reply.choices[0].message.content, 'Hello from Bedrock 🚂');
    assert.equal(reply.choices[0].finish_reason, 'stop');
    assert.equal(reply.usage.prompt_tokens, 112);
    assert.equal(reply.usage.prompt_tokens_details.cached_tokens, 100);
    const [request] = bedrock.seen;
    assert.equal(request.url, '/model/anthropic.claude-3-5-sonnet-20240620-v1%3A0/converse');
    assert.deepEqual(request.json.messages, [{ role: 'user', content: [{ text: 'Say hello' }] }]);
    assert.deepEqual(request.json.inferenceConfig, { maxTokens: 64, stopSequences: ['END'] });
  });

  test('streams, with usage at the end', async () => {
    const seen = [];
    for await (const it of await create({ stream: true, stream_options: { include_usage: true } })) seen.push(it);
    assert.equal(seen.map((it) => it.choices[0]?.delta?.content ?? '').join(''), 'Hello from Bedrock 🚂');
    assert.ok(seen.length > 4, 'in pieces');
    assert.equal(seen.at(-1).usage.total_tokens, 119);
    assert.ok(bedrock.seen[0].url.endsWith('/converse-stream'));
  });

  test('runs a tool loop whose signed reasoning comes back', async () => {
    const thought = { reasoningContent: { reasoningText: { text: 'The weather is wanted.', signature: 'c2lnbmF0dXJl' } } };
    const wanted = call('tooluse_1', 'weather', { city: 'Paris' });
    bedrock.answer((req) => (req.json.messages.length === 1 ? { ...wanted, content: [thought, ...wanted.content] } : say('It rains.')));
    const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } }];
    for (const stream of [false, true]) {
      bedrock.clear();
      const message = stream
        ? (await openai.chat.completions.stream({ model: 'dynamic/claude', messages, tools }).finalChatCompletion()).choices[0].message
        : (await create({ tools })).choices[0].message;
      // The SDK's accumulator keeps only the last piece of a member that it does not know.
      if (!stream) assert.equal(message.reasoning_content, 'The weather is wanted.');
      const [asked] = message.tool_calls;
      assert.deepEqual(JSON.parse(asked.function.arguments), { city: 'Paris' });
      const answer = await create({ tools, messages: [...messages, message, { role: 'tool', tool_call_id: asked.id, content: 'rain' }] });
      assert.equal(answer.choices[0].message.content, 'It rains.');
      const { messages: turns } = bedrock.seen.at(-1).json;
      assert.deepEqual(turns[1], { role: 'assistant', content: [thought, ...wanted.content] });
      assert.deepEqual(turns[2], { role: 'user', content: [{ toolResult: { toolUseId: 'tooluse_1', content: [{ text: 'rain' }] } }] });
    }
  });

  test('ends a stream that fails in the middle with an error in band', async () => {
    bedrock.answer(() => ({
      frames: [
        frame('messageStart', { role: 'assistant' }), frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Hel' } }),
        frame('modelStreamErrorException', { message: 'the model stumbled' }),
      ],
    }));
    await assert.rejects(async () => { for await (const _ of await create({ stream: true })); }, /stumbled/);
  });
});

describe("AWS's own SDKs at the native path", () => {
  const native = () => `${gateway.url}/v1/${ACCOUNT}/default/aws-bedrock/bedrock-runtime/${REGION}`;

  test('@aws-sdk/client-bedrock-runtime speaks to us, plain and streamed, and our signature replaces its own', async () => {
    const client = new BedrockRuntimeClient({ region: REGION, endpoint: native(), maxAttempts: 1, credentials: { accessKeyId: 'AKIDCALLER', secretAccessKey: 'x', sessionToken: 'theirs' } });
    const ask = { modelId: MODEL, messages: [{ role: 'user', content: [{ text: 'Say hello' }] }] };
    const reply = await client.send(new ConverseCommand(ask));
    assert.equal(reply.output.message.content[0].text, 'Hello from Bedrock 🚂');
    const { stream } = await client.send(new ConverseStreamCommand(ask));
    let text = '';
    let used;
    for await (const it of stream) { text += it.contentBlockDelta?.delta.text ?? ''; used = it.metadata?.usage ?? used; }
    assert.equal(text, 'Hello from Bedrock 🚂');
    assert.equal(used.cacheReadInputTokens, 100);
    for (const request of bedrock.seen) assert.equal(request.headers['x-amz-security-token'], undefined);
    client.destroy();
  });

  test('boto3 speaks to us, and its parser reads the frames', async () => {
    const script = fileURLToPath(new URL('../lib/bedrock_client.py', import.meta.url));
    const { stdout } = await promisify(execFile)(PYTHON, [script, native()]);
    const { plain, events } = JSON.parse(stdout);
    assert.deepEqual(plain, { output: { message: { role: 'assistant', content: say('Hello from Bedrock 🚂').content } }, stopReason: 'end_turn', usage });
    assert.equal(events.map((it) => it.contentBlockDelta?.delta.text ?? '').join(''), 'Hello from Bedrock 🚂');
    assert.deepEqual(events.at(-1).metadata.usage, usage);
  });
});

test('a profile of the usual files signs in as well, and its secret is nowhere in the log', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'pointsman-aws-'));
  const file = path.join(dir, 'credentials');
  writeFileSync(file, `[work]\naws_access_key_id = ${KEYS.accessKeyId}\naws_secret_access_key = ${KEYS.secretAccessKey}\nregion = ${REGION}\n`);
  const other = await startGateway({ env: { POINTSMAN_PROVIDER_AWS_BEDROCK_BASE_URL: bedrock.base, AWS_SHARED_CREDENTIALS_FILE: file, AWS_PROFILE: 'work', POINTSMAN_LOG: 'trace' } });
  try {
    await createRoute(other, 'claude', [el.start('m'), el.model('m', MODEL, { provider: 'aws-bedrock' }), el.end()]);
    const reply = await other.openai().chat.completions.create({ model: 'dynamic/claude', messages });
    assert.equal(reply.choices[0].message.content, 'Hello from Bedrock 🚂');
    assert.ok(!other.logs().includes(KEYS.secretAccessKey));
  } finally {
    await other.stop();
    rmSync(dir, { recursive: true, force: true });
  }
});
