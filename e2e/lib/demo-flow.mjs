// One route over a real language model, and a request down every branch of it. `make demo` prints it, a test asserts it.
import { ACCOUNT, createRoute, el, startGateway, walked } from './gateway.mjs';
import { startModel } from './model.mjs';
import { refusedPort } from './upstream.mjs';

const MODEL = 'smollm2-135m-instruct';

/** condition (plan is free) → 2 requests a user an hour; others → 10 % canary on a refused port with fallback, 90 % stable. */
const elements = [
  el.start('plan'),
  el.conditional('plan', { 'metadata.plan': 'free' }, 'allowance', 'canary'),
  el.rate('allowance', { key: 'metadata.user', limit: 2, window: 3600 }, 'small', 'sorry'),
  el.percentage('canary', { '10%': 'dead', '90%': 'stable' }, { key: 'metadata.user' }),
  el.model('small', MODEL, { provider: 'custom-local', timeout: 60_000 }),
  el.model('stable', MODEL, { provider: 'custom-local', timeout: 60_000 }),
  el.model('dead', MODEL, { provider: 'custom-refused', fallback: 'rescue' }),
  el.model('rescue', MODEL, { provider: 'custom-local', timeout: 60_000 }),
  el.model('sorry', 'echo', { provider: 'echo' }),
  el.end(),
];

const question = { role: 'user', content: 'Name one colour of the rainbow.' };

/** Runs the flow; `report` gets a line for each request. Returns what answered and the path, by label. */
export async function runDemo(report = () => {}) {
  const model = await startModel();
  let gateway;
  try {
    gateway = await startGateway({ env: { POINTSMAN_ALLOW_PRIVATE_UPSTREAMS: 'true' } });
    const provider = (slug, base_url) => gateway.admin('/ai-gateway/custom-providers', { method: 'POST', body: { name: slug, slug, base_url, enable: true } });
    for (const made of [await provider('local', model.base), await provider('refused', `http://127.0.0.1:${await refusedPort()}/v1`)]) {
      if (made.status !== 200) throw new Error(`custom provider: ${await made.text()}`);
    }
    for (const provider_slug of ['custom-local', 'custom-refused']) {
      const body = { provider_slug, alias: 'default', default_config: true, secret: 'no-key-is-checked-here' };
      const made = await gateway.admin('/ai-gateway/gateways/default/provider_configs', { method: 'POST', body });
      if (made.status !== 200) throw new Error(`provider key: ${await made.text()}`);
    }
    await createRoute(gateway, 'demo', elements);
    return await requests(gateway, report);
  } finally {
    await gateway?.stop();
    await model.stop();
  }
}

async function requests(gateway, report) {
  const results = new Map();
  const ask = async (label, metadata, stream) => {
    const call = gateway.openai({ timeout: 120_000 }).chat.completions.create(
      { model: 'dynamic/demo', messages: [question], max_tokens: 12, temperature: 0, seed: 1, stream },
      { headers: { 'cf-aig-metadata': JSON.stringify(metadata) } },
    );
    const { data, response } = await call.withResponse();
    const result = { text: stream ? await read(data) : data.choices[0].message.content, path: walked(response), provider: response.headers.get('cf-aig-provider'), model: response.headers.get('cf-aig-model') };
    results.set(label, result);
    report({ label, ...result });
    return result;
  };
  await ask('free plan, plain', { plan: 'free', user: 'ann' }, false);
  await ask('free plan, streamed', { plan: 'free', user: 'ann' }, true);
  await ask('free plan, allowance used up', { plan: 'free', user: 'ann' }, false);
  await ask('free plan, a second user', { plan: 'free', user: 'bob' }, false);
  // Sticky by user: look for a user on each side of the split.
  for (let n = 0; n < 200 && !(results.has('paid plan, stable side') && results.has('paid plan, canary refused')); n++) {
    const metadata = { plan: 'paid', user: `user-${n}` };
    const side = await sideOf(gateway, metadata);
    const label = side === 'stable' ? 'paid plan, stable side' : 'paid plan, canary refused';
    if (results.has(label)) continue;
    await ask(label, metadata, false);
    await ask(`${label}, streamed`, metadata, true);
  }
  return results;
}

async function read(stream) {
  let text = '';
  for await (const it of stream) text += it.choices[0]?.delta?.content ?? '';
  return text;
}

/** One token is enough to learn the side. */
async function sideOf(gateway, metadata) {
  const response = await gateway.fetch(`/v1/${ACCOUNT}/default/compat/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'cf-aig-metadata': JSON.stringify(metadata) },
    body: JSON.stringify({ model: 'dynamic/demo', messages: [question], max_tokens: 1 }),
  });
  await response.text();
  return walked(response).includes('stable') ? 'stable' : 'canary';
}
