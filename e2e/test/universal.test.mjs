// The universal endpoint under npm `ai-gateway-provider`, Cloudflare's provider for Vercel's `ai`.
// It has the host name of the original in its code, so it is given a `binding`, as it gets inside the original's own runtime.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { generateText, stepCountIs, streamText, tool } from 'ai';
import { createAiGateway } from 'ai-gateway-provider';
import { createUnified, unified } from 'ai-gateway-provider/providers/unified';
import { z } from 'zod';
import { ACCOUNT, createRoute, el, startGateway } from '../lib/gateway.mjs';
import { say, startUpstream } from '../lib/upstream.mjs';

let upstream;
let gateway;
let last;

before(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ env: { POINTSMAN_PROVIDER_OPENAI_BASE_URL: upstream.base, OPENAI_API_KEY: 'sk-canary-universal' } });
  await createRoute(gateway, 'plain', [el.start('m'), el.model('m', 'gpt-4o-mini'), el.end()]);
});
beforeEach(() => { upstream.clear(); upstream.use(say.completion('hello from upstream')); });
after(async () => { await gateway.stop(); await upstream.stop(); });

const binding = (id = 'default', headers = {}) => ({
  async run(steps, { signal } = {}) {
    last = await gateway.fetch(`/v1/${ACCOUNT}/${id}`, {
      method: 'POST', signal, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(steps),
    });
    return last;
  },
});
const aigateway = (id, options = {}) => createAiGateway({ binding: binding(id), options });
const prompt = 'Say hello';

describe('npm ai-gateway-provider', () => {
  test('calls a dynamic route as a step of the universal endpoint', async () => {
    const { text, usage } = await generateText({ model: aigateway()(unified('dynamic/plain')), prompt });
    assert.equal(text, 'hello from upstream');
    assert.equal(usage.totalTokens, 19);
    assert.equal(last.headers.get('cf-aig-step'), '0');
    assert.equal(last.headers.get('pointsman-route'), 'plain');
    assert.equal(upstream.seen[0].json.model, 'gpt-4o-mini');
    assert.equal(upstream.seen[0].headers.authorization, 'Bearer sk-canary-universal');
  });

  test('falls back from step to step', async () => {
    const models = [unified('dynamic/nowhere'), unified('openai/gpt-4o'), unified('dynamic/plain')];
    const { text } = await generateText({ model: aigateway()(models), prompt });
    assert.equal(text, 'hello from upstream');
    assert.equal(last.headers.get('cf-aig-step'), '1');
    assert.equal(upstream.seen.length, 1);
  });

  test('streams', async () => {
    upstream.use(say.stream(['one ', 'two ', 'three']));
    let text = '';
    for await (const part of streamText({ model: aigateway()(unified('dynamic/plain')), prompt }).textStream) text += part;
    assert.equal(text, 'one two three');
  });

  test('runs a loop of tools', async () => {
    upstream.once(say.toolCalls());
    const weather = tool({
      description: 'The weather of a city',
      inputSchema: z.object({ city: z.string(), unit: z.string() }),
      execute: async ({ city, unit }) => `21 ${unit} in ${city}`,
    });
    const { text } = await generateText({ model: aigateway()(unified('dynamic/plain')), prompt, tools: { weather }, stopWhen: stepCountIs(3) });
    assert.equal(text, 'hello from upstream');
    assert.equal(upstream.seen.length, 2);
    assert.equal(upstream.seen[1].json.messages.at(-1).content, '21 °C in Paris');
  });

  test('passes its options on', async () => {
    const options = { requestTimeoutMs: 5000, collectLog: true, metadata: { user: 'ada' }, retries: { maxAttempts: 2, retryDelayMs: 1, backoff: 'constant' } };
    upstream.once(say.status(503));
    const { text } = await generateText({ model: aigateway('default', options)(unified('dynamic/plain')), prompt });
    assert.equal(text, 'hello from upstream');
    assert.equal(upstream.seen.length, 2, 'the gateway tried again');
  });

  test('knows a gateway that does not exist, and one that wants a token', async () => {
    await assert.rejects(generateText({ model: aigateway('nowhere')(unified('dynamic/plain')), prompt, maxRetries: 0 }), /does not exist/);
    await gateway.cloudflare().aiGateway.create({
      account_id: ACCOUNT, id: 'locked', authentication: true, cache_invalidate_on_update: false, cache_ttl: 0, collect_logs: true,
      rate_limiting_interval: 0, rate_limiting_limit: 0, rate_limiting_technique: 'fixed',
    });
    await assert.rejects(generateText({ model: aigateway('locked')(unified('openai/gpt-4o')), prompt, maxRetries: 0 }), /authentication/);
  });

  test('sends the key of a step to its own provider only', async () => {
    const own = createUnified({ apiKey: 'sk-of-the-caller' });
    await generateText({ model: aigateway()(own('dynamic/plain')), prompt });
    assert.equal(upstream.seen[0].headers.authorization, 'Bearer sk-canary-universal', 'inside a route the gateway’s own key is used');
  });
});
