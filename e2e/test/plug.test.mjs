// The plug is pulled while requests go on: PostgreSQL frozen and killed, a disk that is full; and more requests at once than a log can take.
// Every request is answered, and every record is accounted for, exactly.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ACCOUNT, createRoute, el, startGateway } from '../lib/gateway.mjs';
import { load, post } from '../lib/load.mjs';
import { smallDisk, startPostgres, until } from '../lib/services.mjs';

const CHAT = `/v1/${ACCOUNT}/default/compat/chat/completions`;
const LOGS = '/ai-gateway/gateways/default/logs';
/** Slower than this is no answer of `echo`: generous, since whole test suites share the processors with it. */
const SLOWEST_MS = 3000;
/** Where memory is bounded to, in bytes: the queue, as much again that is being written, and the rest of a debug build under 64 connections. */
const MOST_MEMORY = 160 << 20;
const json = async (reply) => (await reply).json();
const ready = (gateway) => json(gateway.fetch('/readyz'));
const listed = async (gateway, query = '') => {
  const reply = await gateway.admin(`${LOGS}?per_page=1${query}`);
  const body = await reply.json();
  assert.equal(reply.status, 200, JSON.stringify(body));
  return body.result_info.total_count;
};
const question = (gateway, { model = 'echo/echo', size = 1000, headers } = {}) =>
  post(gateway.url, CHAT, { model, messages: [{ role: 'user', content: 'x'.repeat(size) }] }, headers);
const analysed = async (gateway) => {
  const start = new Date(Date.now() - 3_600_000).toISOString();
  const body = await json(gateway.admin(`/ai-gateway/gateways/default/analytics?start=${start}`));
  return body.result.total.requests;
};

/** Nothing waits any more; then every request is in the log or dropped, every one is in the analytics or told to be missing, and none twice. */
async function accounted(gateway, sent) {
  const counts = {};
  for (const it of ['written', 'dropped', 'failed', 'refused']) counts[it] = () => gateway.metric(`pointsman_logs_${it}_total`);
  await until('everything is written or dropped', async () => (await counts.written()) + (await counts.dropped()) === sent, { within: 30_000, every: 100 });
  const [written, dropped, failed, refused] = await Promise.all(Object.values(counts).map((it) => it()));
  assert.deepEqual([written + dropped, failed, refused], [sent, 0, 0]);
  assert.equal(await listed(gateway), written, 'what the log lists');
  const missing = () => gateway.metric('pointsman_analytics_lost_total');
  await until('the analytics have it', async () => (await analysed(gateway)) + (await missing()) === sent, { within: 20_000, every: 100 }).catch(async (error) => {
    throw new Error(`analytics say ${await analysed(gateway)} and miss ${await missing()} of ${sent}`, { cause: error });
  });
  assert.equal((await ready(gateway)).logs.dropped, dropped);
  return { written, dropped };
}

/** All answered, with 200, in time. */
function served(told, slowest = SLOWEST_MS) {
  assert.deepEqual(told.statuses, { 200: told.sent }, told.first);
  assert.equal(told.answered, told.sent);
  assert.ok(told.slowest < slowest, `the slowest answer took ${told.slowest} ms`);
}

/** Records go into the log again: they are written, and one of now is listed, within `within` ms. */
async function recovered(gateway, within) {
  await until('logging recovers', async () => (await ready(gateway)).logs.state === 'written', { within, every: 50 });
  const marked = { 'cf-aig-metadata': '{"after":"the outage"}' };
  let sent = 0;
  await until('what came after is listed', async () => {
    const one = load(gateway.url, { count: 1, lanes: 1, request: () => question(gateway, { headers: marked }) });
    served(await one.all);
    sent += 1;
    return (await listed(gateway, '&search=after')) > 0;
  }, { within, every: 200 });
  return sent;
}

const QUEUE = 300;
const stalled = (gateway) => until('logging is stalled and drops', async () => {
  const { logs } = await ready(gateway);
  return logs.state === 'stalled' && logs.dropped > 0;
}, { within: 40_000, every: 100 });

test('PostgreSQL is frozen, and killed: requests go on, logging recovers, and every record is accounted for', async (t) => {
  const postgres = await startPostgres();
  t.after(() => postgres.stop());
  const gateway = await startGateway({ env: { POINTSMAN_DATABASE_URL: postgres.url(), POINTSMAN_MASTER_KEY: '7'.repeat(64), POINTSMAN_LOG_QUEUE: String(QUEUE) } });
  t.after(() => gateway.kill());
  await createRoute(gateway, 'limited', [el.start('cap'), el.rate('cap', { limit: 1_000_000_000 }, 'm'), el.model('m', 'echo', { provider: 'echo' }), el.end()]);
  const traffic = load(gateway.url, { lanes: 4, pause: 10, request: () => question(gateway, { model: 'dynamic/limited' }) });
  await until('records are written', () => gateway.metric('pointsman_logs_written_total'));
  let more = 0;
  for (const [pull, plug] of [[() => postgres.freeze(), () => postgres.thaw()], [() => postgres.kill(), () => postgres.start()]]) {
    const before = (await ready(gateway)).logs.dropped;
    await pull();
    await until('logging is stalled and drops', async () => {
      const { status, logs } = await ready(gateway);
      assert.equal(status, 'ready');
      return logs.state === 'stalled' && logs.dropped > before;
    }, { within: 30_000, every: 100 });
    assert.equal(await gateway.metric('pointsman_logs_stalled'), 1);
    const refused = await gateway.admin('/ai-gateway/gateways/default/routes', { method: 'POST', body: { name: 'x', elements: [el.start('end'), el.end()] } });
    assert.equal(refused.status, 503);
    await plug();
    more += await recovered(gateway, 5000);
  }
  const told = await traffic.stop();
  served(told);
  assert.ok((await accounted(gateway, told.sent + more)).dropped > 0);
});

test('the disk of SQLite is full: requests go on, reads too, writes say why, and everything recovers when there is room', async (t) => {
  const dir = mkdtempSync(path.join(tmpdir(), 'pointsman-disk-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const disk = smallDisk(dir, 96);
  const gateway = await startGateway({ dataDir: dir, under: disk.under, env: { POINTSMAN_LOG_QUEUE: String(QUEUE) } });
  t.after(() => gateway.kill());
  await createRoute(gateway, 'limited', [el.start('cap'), el.rate('cap', { limit: 1_000_000_000 }, 'm'), el.model('m', 'echo', { provider: 'echo' }), el.end()]);
  const traffic = load(gateway.url, { lanes: 4, pause: 10, request: () => question(gateway, { model: 'dynamic/limited' }) });
  await until('records are written', () => gateway.metric('pointsman_logs_written_total'));
  disk.fill(gateway.child.pid);
  await stalled(gateway);
  await until('counts cannot be saved', () => gateway.metric('pointsman_limit_journal_errors_total'));
  const route = { name: 'y', elements: [el.start('end'), el.end()] };
  const refused = await gateway.admin('/ai-gateway/gateways/default/routes', { method: 'POST', body: route });
  const body = await refused.json();
  assert.deepEqual([refused.status, body.errors[0].code], [507, 7507], JSON.stringify(body));
  assert.match(body.errors[0].message, /disk of the database is full.*free space/);
  assert.equal((await gateway.admin(`${LOGS}?limit=1`, { method: 'DELETE' })).status, 507, 'deleting logs takes room, too');
  assert.equal((await gateway.admin('/ai-gateway/gateways/default/routes')).status, 200);
  assert.ok((await listed(gateway)) > 0, 'logs can be read');
  disk.free(gateway.child.pid);
  const more = await recovered(gateway, 5000);
  const told = await traffic.stop();
  served(told);
  await until('counts are saved again', () => /are saved again/.test(gateway.logs()));
  assert.equal(gateway.logs().match(/counts of the limits cannot be saved/g).length, 1, 'told once');
  assert.equal((await gateway.admin('/ai-gateway/gateways/default/routes', { method: 'POST', body: route })).status, 200, gateway.logs());
  assert.ok((await accounted(gateway, told.sent + more)).dropped > 0);
  assert.ok(!/panick/.test(gateway.logs()), gateway.logs());
  assert.equal((await gateway.stop()).code, 0);
});

test('memory stays bounded while nothing can be written, however large what is logged is', async (t) => {
  const [dir, count, size, bytes] = [mkdtempSync(path.join(tmpdir(), 'pointsman-disk-')), 600, 300_000, 4 << 20];
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const disk = smallDisk(dir, 32);
  const gateway = await startGateway({ dataDir: dir, under: disk.under, env: { POINTSMAN_LOG_QUEUE_BYTES: String(bytes) } });
  t.after(() => gateway.kill());
  disk.fill(gateway.child.pid);
  const one = question(gateway, { size });
  served(await load(gateway.url, { count, lanes: 4, request: () => one }).all);
  const { most } = gateway.memory();
  assert.ok(count * size > MOST_MEMORY && most < MOST_MEMORY, `${most} bytes of memory`);
  await until('the queue is told', () => gateway.metric('pointsman_logs_waiting_bytes'));
  assert.ok((await gateway.metric('pointsman_logs_waiting_bytes')) <= bytes);
  assert.match(await (await gateway.fetch('/metrics')).text(), /^pointsman_logs_dropped_total\{reason="bytes"\} [1-9]/m);
  disk.free(gateway.child.pid);
  await accounted(gateway, count);
});

test('100 000 requests in a burst: all are answered, all are accounted for, and memory stays bounded', async (t) => {
  const count = 100_000;
  const gateway = await startGateway({ env: { POINTSMAN_LOG_QUEUE: '32' } });
  t.after(() => gateway.stop());
  const one = question(gateway, { size: 100 });
  const told = await load(gateway.url, { count, lanes: 64, request: () => one }).all;
  // Nothing is away here that an answer could wait for: what this measures is the machine.
  served(told, 30_000);
  const { most } = gateway.memory();
  assert.ok(most < MOST_MEMORY, `${most} bytes of memory`);
  const { written, dropped } = await accounted(gateway, count);
  assert.ok(written > 0 && dropped > 0, `${written} written, ${dropped} dropped`);
});
