// Request logs through the official SDKs, npm and PyPI `cloudflare`: what was asked and answered, every form of a filter, feedback, deleting, and what is taken out.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import Cloudflare from 'cloudflare';
import { ACCOUNT, ADMIN_TOKEN, createRoute, el, startGateway } from '../lib/gateway.mjs';
import { say, startUpstream } from '../lib/upstream.mjs';

const PYTHON = fileURLToPath(new URL('../../.tools/cloudflare/bin/python', import.meta.url));
const CLIENT = fileURLToPath(new URL('../lib/cloudflare_client.py', import.meta.url));
const account_id = ACCOUNT;
const messages = [{ role: 'user', content: 'Say hello to ada@example.com' }];
let upstream;
let gateway;
let client;

before(async () => {
  upstream = await startUpstream();
  upstream.use(say.completion('hello'));
  gateway = await startGateway({
    env: {
      POINTSMAN_PROVIDER_OPENAI_BASE_URL: upstream.base, OPENAI_API_KEY: 'sk-configured',
      POINTSMAN_LOG_REDACT_PATTERNS: '[a-z]+@[a-z]+\\.com\n\\b[0-9]{16}\\b', POINTSMAN_LOG_REDACT_PATHS: 'user',
    },
  });
  client = new Cloudflare({ apiToken: ADMIN_TOKEN, baseURL: `${gateway.url}/client/v4`, maxRetries: 0 });
  await createRoute(gateway, 'r', [el.start('m'), el.model('m', 'gpt', {}), el.end()]);
});
after(async () => { await gateway.stop(); await upstream.stop(); });

const until = async (what, look) => {
  for (const end = Date.now() + 1000; ;) {
    const seen = await look();
    if (seen) return seen;
    assert.ok(Date.now() < end, `${what}: not within a second`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
const ask = async (metadata, body = {}) => {
  const { data, response } = await gateway.openai({ defaultHeaders: { 'cf-aig-metadata': JSON.stringify(metadata) } })
    .chat.completions.create({ model: 'dynamic/r', messages, ...body }).withResponse();
  if (body.stream) for await (const _ of data);
  return response.headers.get('cf-aig-log-id');
};
const list = async (params) => (await client.aiGateway.logs.list('default', { account_id, ...params })).result;
const ids = async (params) => (await list(params)).map((it) => it.id);
const get = (id) => client.aiGateway.logs.get(id, { account_id, gateway_id: 'default' });
const listed = (id) => until(`log ${id}`, async () => (await ids({})).includes(id));

describe('request logs through the SDK', () => {
  test('are listed within a second, with what was asked and answered, but for what is taken out', async () => {
    const id = await ask({ team: 'red', card: '4111111111111111' }, { user: 'Ada', temperature: 0.5 });
    await listed(id);
    const log = await get(id);
    assert.equal(log.success, true);
    assert.deepEqual([log.provider, log.model, log.path, log.status_code], ['openai', 'gpt', 'chat/completions', 200]);
    assert.deepEqual(log.metadata, { team: 'red', card: '[redacted]' });
    assert.equal(log.request_head_complete, true);
    const request = await client.aiGateway.logs.request(id, { account_id, gateway_id: 'default' });
    assert.deepEqual(request, { model: 'dynamic/r', messages: [{ role: 'user', content: 'Say hello to [redacted]' }], user: '[redacted]', temperature: 0.5 });
    const response = await client.aiGateway.logs.response(id, { account_id, gateway_id: 'default' });
    assert.equal(response.choices[0].message.content, 'hello');
  });

  test('are found by every form of a filter', async () => {
    const red = await ask({ team: 'red', run: 'filters' });
    const blue = await ask({ team: 'blue', run: 'filters' });
    await listed(blue);
    const pair = (key, value, operator = 'eq') => [
      { key: 'metadata.key', operator: 'eq', value: [key] }, { key: 'metadata.value', operator, value: [value] },
    ];
    const mine = pair('run', 'filters');
    assert.deepEqual(await ids({ filters: mine }), [blue, red]);
    assert.deepEqual(await ids({ filters: mine, order_by: 'created_at', order_by_direction: 'asc' }), [red, blue]);
    assert.deepEqual(await ids({ filters: [...mine, ...pair('team', 'RED', 'contains')] }), [red]);
    assert.deepEqual(await ids({ filters: [...mine, ...pair('run', 'red')] }), [], 'a value of another key');
    assert.deepEqual(await ids({ filters: [...mine, { key: 'id', operator: 'neq', value: [blue, 'x'] }] }), [red]);
    assert.deepEqual(await ids({ filters: [...mine, { key: 'success', operator: 'eq', value: [true] }, { key: 'duration', operator: 'gt', value: [-1] }] }), [blue, red]);
    assert.deepEqual(await ids({ filters: [...mine, { key: 'feedback', operator: 'neq', value: [null] }] }), []);
    assert.deepEqual(await ids({ search: 'BLUE', model: 'gpt', min_tokens_in: 0 }), [blue]);
    const json = encodeURIComponent(JSON.stringify([...mine, { key: 'provider', operator: 'contains', value: ['pena'] }]));
    const reply = await (await gateway.admin(`/ai-gateway/gateways/default/logs?filters=${json}&meta_info=true&per_page=1`)).json();
    assert.deepEqual([reply.result_info.total_count, reply.result[0].id], [2, blue]);
    assert.ok(reply.result_info.max_duration >= reply.result_info.min_duration);
    await assert.rejects(list({ filters: [{ key: 'price', operator: 'eq', value: [1] }] }), (error) => error.status === 400 && /price/.test(error.message));
    await assert.rejects(list({ per_page: 51 }), (error) => error.status === 400 && /per_page/.test(error.message));
  });

  test('are found by the way that they went', async () => {
    const id = await ask({ run: 'way' });
    await listed(id);
    const eq = (key, value) => ({ key, operator: 'eq', value: [value] });
    const mine = [eq('metadata.value', 'way')];
    const { pointsman } = await get(id);
    const filters = [eq('route', pointsman.route_id), eq('route', 'r'), eq('version', pointsman.version), eq('element', 'm'), eq('edge', 'm.success')];
    for (const filter of filters) assert.deepEqual(await ids({ filters: [...mine, filter] }), [id], filter.key);
    assert.deepEqual(await ids({ filters: [...mine, ...filters] }), [id]);
    for (const filter of [eq('edge', 'm.fallback'), eq('version', pointsman.route_id), eq('route', null)]) {
      assert.deepEqual(await ids({ filters: [...mine, filter] }), [], filter.key);
    }
    assert.deepEqual(await ids({ filters: [...mine, eq('token', pointsman.token)] }), [id], `token ${pointsman.token}`);
  });

  test('go on page by page', async () => {
    for (let at = 0; at < 3; at += 1) await listed(await ask({ run: 'pages' }));
    const seen = [];
    for await (const log of client.aiGateway.logs.list('default', { account_id, per_page: 1, search: 'pages' })) seen.push(log.id);
    assert.equal(new Set(seen).size, 3);
  });

  test('take feedback, a score and metadata', async () => {
    const id = await ask({ run: 'feedback' });
    await listed(id);
    await client.aiGateway.logs.edit(id, { account_id, gateway_id: 'default', feedback: 1, score: 95, metadata: { reviewed: true } });
    const log = await get(id);
    assert.deepEqual([log.feedback, log.score, log.metadata], [1, 95, { reviewed: true }]);
    assert.deepEqual(await ids({ filters: [{ key: 'feedback', operator: 'eq', value: [1] }] }), [id]);
    await assert.rejects(client.aiGateway.logs.edit(id, { account_id, gateway_id: 'default', feedback: 7 }), (error) => error.status === 400);
  });

  test('keep a streamed answer as it was streamed', async () => {
    upstream.use(say.stream(['he', 'llo']));
    const id = await ask({ run: 'stream' }, { stream: true });
    upstream.use(say.completion('hello'));
    await listed(id);
    const kept = await gateway.admin(`/ai-gateway/gateways/default/logs/${id}/response`);
    assert.equal(kept.headers.get('content-type'), 'text/event-stream');
    assert.match(await kept.text(), /^data: [^]*\[DONE\]\s*$/);
  });

  test('are deleted by filter', async () => {
    const id = await ask({ run: 'gone' });
    await listed(id);
    const filters = [{ key: 'metadata.value', operator: 'eq', value: ['gone'] }];
    const reply = await client.aiGateway.logs.delete('default', { account_id, filters, limit: 10 });
    assert.equal(reply.success, true);
    assert.deepEqual(await ids({ filters }), []);
    await assert.rejects(get(id), (error) => error.status === 404);
    const audit = await (await gateway.admin('/ai-gateway/audit')).json();
    assert.ok(audit.result.some((it) => it.action === 'log.delete'));
  });
});

describe('request logs through PyPI cloudflare', () => {
  test('are listed, filtered, read, changed and deleted', async () => {
    const all = [];
    for (const number of [1, 2, 3]) {
      all.push(await ask({ run: 'python', number }));
      await listed(all.at(-1));
    }
    const [one, two, three] = all;
    const env = { PATH: process.env.PATH, HOME: gateway.dir, CLOUDFLARE_API_TOKEN: ADMIN_TOKEN };
    const { stdout } = await promisify(execFile)(PYTHON, [CLIENT, `${gateway.url}/client/v4`, ACCOUNT, ...all], { env });
    const saw = JSON.parse(stdout);
    assert.deepEqual([saw.listed.id, saw.listed.provider, saw.listed.model, saw.listed.status_code], [three, 'openai', 'gpt', 200]);
    assert.equal(new Date(saw.listed.created_at).getUTCFullYear(), new Date().getUTCFullYear());
    for (const listing of ['filtered', 'paged', 'searched']) assert.deepEqual(saw[listing], [three, two, one], listing);
    assert.deepEqual(saw.ordered, all);
    assert.deepEqual(saw.second.result, [one]);
    assert.deepEqual([saw.second.info.page, saw.second.info.per_page, saw.second.info.count, saw.second.info.total_count], [2, 2, 1, 3]);
    assert.deepEqual([saw.unsuccessful, saw.not_the_first, saw.any_of, saw.several, saw.as_json], [[], [three, two], [two, one], [three, two], [three]]);
    assert.deepEqual(saw.of_many_values.slice(0, 2), ['BadRequestError', 400]);
    assert.match(saw.of_many_values[2], /which belong together cannot be told/);
    assert.deepEqual([saw.got.id, saw.got.success, saw.got.request_head_complete], [one, true, true]);
    assert.deepEqual(saw.got.metadata, { run: 'python', number: 1 });
    assert.deepEqual(saw.request, { model: 'dynamic/r', messages: [{ role: 'user', content: 'Say hello to [redacted]' }] });
    assert.equal(saw.response.choices[0].message.content, 'hello');
    assert.deepEqual([saw.edited.feedback, saw.edited.score, saw.edited.metadata], [1, 95, { reviewed: true, run: 'python' }]);
    assert.deepEqual([saw.praised, saw.taken_back.feedback, saw.taken_back.score], [[two], null, 95]);
    assert.deepEqual([saw.bad_feedback.slice(0, 2), saw.bad_page.slice(0, 2)], [['BadRequestError', 400], ['BadRequestError', 400]]);
    assert.match(saw.bad_page[2], /per_page/);
    assert.deepEqual([saw.deleted.success, saw.left], [true, [three]]);
    assert.deepEqual(saw.gone.slice(0, 2), ['NotFoundError', 404]);
  });
});
