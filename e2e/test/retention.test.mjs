// Which request logs are kept, as the official SDK sets it: by number with either strategy, and by age.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNT, startGateway } from '../lib/gateway.mjs';
import { load, post } from '../lib/load.mjs';
import { startPostgres, until } from '../lib/services.mjs';

const account_id = ACCOUNT;
const base = { account_id, cache_invalidate_on_update: false, cache_ttl: null, collect_logs: true, rate_limiting_interval: null, rate_limiting_limit: null, authentication: false };
/** The least that the original allows. */
const MOST = 10_000;
const CLEANING = { POINTSMAN_LOG_CLEANING_MS: '100' };
const messages = [{ role: 'user', content: 'ping' }];

async function ask(gateway, id) {
  const { response } = await gateway.openai({ gateway: id }).chat.completions.create({ model: 'echo/echo', messages }).withResponse();
  return response.headers.get('cf-aig-log-id');
}
async function burst(gateway, id, count, metadata) {
  const one = post(gateway.url, `/v1/${ACCOUNT}/${id}/compat/chat/completions`, { model: 'echo/echo', messages }, { 'cf-aig-metadata': JSON.stringify(metadata) });
  assert.deepEqual((await load(gateway.url, { count, request: () => one }).all).statuses, { 200: count });
}
async function held(client, id, filters) {
  const page = await client.aiGateway.logs.list(id, { account_id, per_page: 1, ...filters });
  return page.result_info.total_count;
}
const missing = async (client, gateway_id, id) => {
  try { await client.aiGateway.logs.get(id, { account_id, gateway_id }); return false; } catch (error) { assert.equal(error.status, 404, error.message); return true; }
};

test('a full gateway takes no more logs with STOP_INSERTING, exactly at its number, and lets the oldest go with DELETE_OLDEST', async (t) => {
  const gateway = await startGateway({ env: CLEANING });
  t.after(() => gateway.stop());
  const client = gateway.cloudflare();
  const bound = { log_management: MOST, log_management_strategy: 'STOP_INSERTING' };
  const made = await client.aiGateway.create({ ...base, ...bound, id: 'full' });
  assert.deepEqual([made.log_management, made.log_management_strategy], [MOST, 'STOP_INSERTING']);

  const [first, beyond] = [await ask(gateway, 'full'), 250];
  await burst(gateway, 'full', MOST - 1 + beyond, { when: 'early' });
  await until('what is beyond is refused', async () => (await gateway.metric('pointsman_logs_refused_total')) === beyond, { within: 30_000, every: 100 });
  assert.equal(await held(client, 'full'), MOST);
  assert.equal(await gateway.metric('pointsman_logs_written_total'), MOST);
  assert.equal(await missing(client, 'full', first), false);

  const changed = await client.aiGateway.update('full', { ...base, ...bound, log_management_strategy: 'DELETE_OLDEST' });
  assert.equal(changed.log_management_strategy, 'DELETE_OLDEST');
  const late = { search: 'late' };
  // The change is in force a moment after it was made; until then the gateway is as full as it was.
  await until('logs are taken again', async () => { await burst(gateway, 'full', 1, { when: 'late' }); return (await held(client, 'full', late)) > 0; }, { every: 200 });
  const before = await held(client, 'full', late);
  await burst(gateway, 'full', 200, { when: 'late' });
  await until('the newest are there', async () => (await held(client, 'full', late)) >= before + 200);
  await until('the oldest are gone', async () => (await held(client, 'full')) === MOST);
  assert.ok(await missing(client, 'full', first), 'the first of all is gone');
  assert.ok((await held(client, 'full', late)) >= before + 200, 'no newer one is');
});

test('logs go by age, as their gateway says or else the server, with everything of them', async (t) => {
  const postgres = await startPostgres();
  t.after(() => postgres.stop());
  const gateway = await startGateway({ env: { ...CLEANING, POINTSMAN_DATABASE_URL: postgres.url(), POINTSMAN_MASTER_KEY: '7'.repeat(64), POINTSMAN_LOG_RETENTION_DAYS: '3' } });
  t.after(() => gateway.stop());
  const client = gateway.cloudflare();
  const young = await client.aiGateway.create({ ...base, id: 'young', log_retention_days: 1 });
  assert.equal(young.log_retention_days, 1);
  const ids = {};
  for (const id of ['young', 'default']) {
    ids[id] = { old: await ask(gateway, id), now: await ask(gateway, id) };
    await until('they are listed', async () => (await held(client, id)) === 2);
  }
  /** As if a log had been written so many days ago: its time is the upper part of its number. */
  const age = async (log, days) => {
    const [[n]] = await postgres.query(`select n from logs where id = '${log}'`);
    for (const it of ['log_details', 'log_payloads', 'log_tags', 'log_tags_latest', 'logs']) await postgres.query(`update ${it} set n = n - (${days}::bigint * 86400000 << 21) where n = ${n}`);
  };
  await age(ids.default.old, 2);
  await age(ids.young.old, 2);
  await until('the older is gone', () => missing(client, 'young', ids.young.old));
  assert.deepEqual([await held(client, 'young'), await missing(client, 'young', ids.young.now)], [1, false]);
  assert.deepEqual([await held(client, 'default'), await missing(client, 'default', ids.default.old)], [2, false], 'the server keeps them for three days');
  await age(ids.default.old, 2);
  await until('the older is gone', () => missing(client, 'default', ids.default.old));
  assert.equal(await held(client, 'default'), 1);
  assert.deepEqual(await postgres.query('select (select count(*) from logs), (select count(*) from log_details), (select count(*) from log_payloads)'), [['2', '2', '2']]);
});
