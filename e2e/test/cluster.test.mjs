// Three nodes behind nginx on one PostgreSQL and one Redis: budgets hold across them, and an outage is what the documentation says it is.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { LEASE_MS, TOKEN_NANOS, send, startCluster } from '../lib/cluster.mjs';
import { el } from '../lib/gateway.mjs';
import { pause, until } from '../lib/services.mjs';

const HOUR = 3600;
const NODES = [0, 1, 2];
/** A decision waits this long for the counter store, and the rest of a request on a busy machine. */
const DECISION_MS = 100;
const REQUEST_MS = 400;
let cluster;

/** A route that is one limit before one model. */
const limited = (properties) => [el.start('limit'), el.rate('limit', { window: HOUR, ...properties }, 'm'), el.model('m', 'm-1'), el.end()];
const dollars = (tokens) => (tokens * TOKEN_NANOS) / 1e9;
const sum = (values) => values.reduce((left, right) => left + right, 0);
const median = (values) => values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)];
const tally = (replies) => replies.reduce((all, it) => ({ ...all, [it.status]: (all[it.status] ?? 0) + 1 }), {});
/** The same dice every time. */
const dice = (seed) => () => { seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0; return seed / 2 ** 32; };

/** A cluster with the routes of these tests, all of which every node serves. */
async function start(relayed) {
  cluster = await startCluster({ relayed });
  await cluster.managed('PUT', '/ai-gateway/gateways/default/prices', { at: 0, body: { provider: 'openai', model: 'm-1', input: '0', output: dollars(1).toFixed(3) } });
  await cluster.route('hundreds', limited({ limit: 1000 }));
  await cluster.route('budget', limited({ limitType: 'cost', key: 'metadata.run', limit: dollars(10_000) }));
  await cluster.route('count-open', limited({ limit: 1 }));
  await cluster.route('count-closed', limited({ limit: 100_000, onUnavailable: 'closed' }));
  await cluster.route('cost-open', limited({ limitType: 'cost', limit: dollars(1), onUnavailable: 'open' }));
  await cluster.route('cost-closed', limited({ limitType: 'cost', limit: dollars(100_000) }));
  await cluster.managed('POST', '/ai-gateway/gateways', { at: 0, body: { id: 'capped', authentication: false, collect_logs: true, cache_invalidate_on_update: true, cache_ttl: 0, rate_limiting_interval: HOUR, rate_limiting_limit: 1000, rate_limiting_technique: 'sliding' } });
  await cluster.route('free', [el.start('m'), el.model('m', 'm-1'), el.end()]);
  await cluster.everywhere('dynamic/free');
}
const stop = () => cluster?.stop();
/** The other tests need what one of them took away. */
const during = async ([leave, comeBack], work) => {
  await leave();
  try { await work(); } finally { await comeBack(); }
};

describe('three nodes', () => {
  before(() => start(false));
  after(stop);

  test('serve what was written through one of them at once there, and its logs are listed by each', async () => {
    const ids = [];
    for (const at of NODES) {
      for (let round = 0; round < 5; round += 1) {
        const name = `written-${at}-${round}`;
        await cluster.route(name, [el.start('m'), el.model('m', 'm-1'), el.end()], { at });
        const reply = await cluster.call(`dynamic/${name}`, { at });
        assert.equal(reply.status, 200, reply.text);
        ids.push(reply.headers['cf-aig-log-id']);
      }
    }
    for (const at of NODES) {
      await until(`node ${at} lists the logs of all`, async () => {
        const { result } = await cluster.managed('GET', '/ai-gateway/gateways/default/logs?per_page=50', { at });
        return ids.every((id) => result.some((it) => it.id === id));
      }, { within: 5000 });
    }
  });

  test('refuse a token everywhere within 2 s of its revocation, and where it was revoked at once', async () => {
    await cluster.managed('POST', '/ai-gateway/gateways', { at: 0, body: { id: 'locked', authentication: true, collect_logs: false, cache_invalidate_on_update: true, cache_ttl: 0, rate_limiting_interval: 0, rate_limiting_limit: 0 } });
    const { result } = await cluster.managed('POST', '/tokens', { at: 0, body: { name: 'caller', permissions: ['AI Gateway Run'] } });
    const call = async (at) => (await cluster.call('openai/m-1', { at, gateway: 'locked', headers: { 'cf-aig-authorization': `Bearer ${result.value}` } })).status;
    for (const at of NODES) await until(`node ${at} knows the token`, async () => await call(at) === 200, { within: 2000 });
    await cluster.managed('DELETE', `/tokens/${result.id}`, { at: 1 });
    const revoked = performance.now();
    assert.equal(await call(1), 401);
    for (const at of NODES) await until(`node ${at} refuses the token`, async () => await call(at) === 401, { within: revoked + 2000 - performance.now() });
  });

  for (const [name, how] of [['limit of a route', { model: 'dynamic/hundreds' }], ['rate limit of a gateway', { model: 'openai/m-1', gateway: 'capped' }]]) {
    test(`admit exactly 1 000 of 5 000 concurrent requests under a ${name} of 1 000`, async () => {
      const before = await Promise.all(NODES.map((at) => cluster.metrics(at, 'pointsman_requests_total')));
      const replies = await Promise.all(Array.from({ length: 5000 }, () => cluster.call(how.model, { gateway: how.gateway })));
      assert.deepEqual(tally(replies), { 200: 1000, 429: 4000 });
      assert.ok(replies.filter((it) => it.status === 429).every((it) => Number(it.headers['retry-after']) >= 1));
      for (const at of NODES) {
        const served = sum([...(await cluster.metrics(at, 'pointsman_requests_total')).values()]) - sum([...before[at].values()]);
        assert.ok(served > 500, `node ${at} had its part of them: ${served}`);
      }
    });
  }

  test('never hold and settle more than a budget, whatever calls really cost, and use it up', async () => {
    const limit = 10_000;
    const run = 'never-more';
    const random = dice(7);
    const refusedAt = [];
    let open = 0;
    const overrunBefore = await cluster.total('pointsman_limit_overrun_nanodollars_total');
    const spent = () => sum(cluster.ledger.of(run).map((it) => (it.answered ? Math.min(it.real, it.hold) : it.hold)));
    cluster.ledger.onCall(() => refusedAt.push(spent()));
    const caller = async () => {
      for (;;) {
        const hold = 50 + Math.floor(random() * 150);
        open += 1;
        const reply = await cluster.call('dynamic/budget', { metadata: { run }, hold, stream: random() < 0.5, plan: { run, ms: Math.floor(random() * 20), real: Math.floor(hold * random() * 1.6) } });
        open -= 1;
        if (reply.status === 200) continue;
        assert.equal(reply.status, 429, reply.text);
        if (open === 0) return;
        await pause(100);
      }
    };
    await Promise.all(Array.from({ length: 60 }, caller));
    cluster.ledger.onCall(() => {});
    const calls = cluster.ledger.of(run);
    assert.ok(calls.some((it) => it.real > it.hold) && calls.some((it) => it.real < it.hold));
    assert.ok(Math.max(...refusedAt) <= limit, `at a call, what was held and what was settled within its hold came to ${Math.max(...refusedAt)}`);
    const overrun = sum(calls.map((it) => Math.max(0, it.real - it.hold)));
    const real = sum(calls.map((it) => it.real));
    assert.ok(real - overrun <= limit, `${real} − ${overrun}`);
    assert.ok(real > limit - 200, `${real} leaves no room for the largest hold`);
    await until('the metric agrees', async () => await cluster.total('pointsman_limit_overrun_nanodollars_total') - overrunBefore === overrun * TOKEN_NANOS, { within: 3000, every: 100 });
  });
});

describe('three nodes that can be cut off', () => {
  before(() => start(true));
  after(stop);

  describe('a deployment', () => {
    const served = async (route, at) => (await cluster.call(`dynamic/${route.name}`, { at })).headers['pointsman-version'];
    const deployedEverywhere = async (route, through) => {
      const elements = [el.start('m'), el.model('m', 'm-1', { timeout: 1000 + Math.floor(Math.random() * 1000) }), el.end()];
      const made = await cluster.managed('POST', `/ai-gateway/gateways/default/routes/${route.id}/versions`, { at: through, body: { elements } });
      await cluster.managed('POST', `/ai-gateway/gateways/default/routes/${route.id}/deployments`, { at: through, body: { version_id: made.result.version_id } });
      const deployed = performance.now();
      assert.equal(await served(route, through), made.result.version_id, 'the answering node serves it');
      await Promise.all(NODES.map((at) => until(`node ${at} serves what was deployed through ${through}`, async () => await served(route, at) === made.result.version_id, { within: deployed + 2000 - performance.now() })));
    };
    let route;
    before(async () => { route = await cluster.route('deployed', [el.start('m'), el.model('m', 'm-1'), el.end()]); await cluster.everywhere('dynamic/deployed'); });

    test('is live on every node within 2 s', async () => {
      for (const through of [...NODES, ...NODES]) await deployedEverywhere(route, through);
    });

    test('is live on every node within 2 s when notifications are lost', async () => {
      const stop = cluster.postgres.every(0.02, "select 'cut' from (select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and query ilike 'listen%') as it");
      await pause(200);
      try { for (const through of NODES) await deployedEverywhere(route, through); }
      finally { assert.match(await stop(), /cut/, 'listeners were there to be cut'); }
    });
  });

  describe('a node that is killed', () => {
    const refused = async (run, hold) => {
      const reply = await cluster.call('dynamic/budget', { at: 0, metadata: { run }, hold, plan: { run } });
      return reply.status === 429 ? Number(reply.headers['retry-after']) : false;
    };

    test('has the calls it had sent charged in full when their leases end', async () => {
      const run = 'killed-sent';
      cluster.call('dynamic/budget', { at: 2, metadata: { run }, hold: 10_000, plan: { run, ms: null } }).catch(() => {});
      await until('the call is under way', () => cluster.ledger.of(run).length === 1);
      await cluster.nodes[2].kill();
      assert.equal(await refused(run, 1), 1, 'held: no clock says when a call ends');
      await until('the hold is charged', async () => await refused(run, 1) > HOUR / 2, { within: LEASE_MS + 5000, every: 100 });
      await cluster.restart(2);
      await cluster.everywhere('dynamic/free');
      assert.ok(await refused(run, 1) > HOUR / 2, 'and stays charged');
    });

    test('has the calls it had not sent released when their leases end', async () => {
      const run = 'killed-unsent';
      const dead = new Promise((done) => {
        let asked = false;
        cluster.redisRelays[2].watch((data, way) => {
          if (way === 'ask') asked ||= data.includes(run);
          else if (asked) { done(cluster.nodes[2].kill()); return true; }
          return false;
        });
      });
      cluster.call('dynamic/budget', { at: 2, metadata: { run }, hold: 10_000, plan: { run } }).catch(() => {});
      await dead;
      cluster.redisRelays[2].watch(undefined);
      assert.equal(await refused(run, 10_000), 1, 'held until its lease ends');
      await until('the hold is released', async () => await refused(run, 10_000) === false, { within: LEASE_MS + 5000, every: 100 });
      assert.equal(cluster.ledger.of(run).length, 1, 'only the later call reached the model');
      await cluster.restart(2);
      await cluster.everywhere('dynamic/free');
    });
  });

  describe('without Redis', () => {
    const outages = {
      'that was killed': [() => cluster.redis.kill(), () => cluster.redis.start()],
      'whose port refuses': [() => Promise.all(cluster.redisRelays.map((it) => it.refuse())), () => Promise.all(cluster.redisRelays.map((it) => it.accept()))],
      'whose packets are swallowed': [() => cluster.redisRelays.forEach((it) => it.silence()), () => cluster.redisRelays.forEach((it) => it.speak())],
    };
    const healthy = { 'count-open': 429, 'count-closed': 200, 'cost-open': 429, 'cost-closed': 200 };
    const away = { 'count-open': 200, 'count-closed': 429, 'cost-open': 200, 'cost-closed': 429 };
    const call = (name, at) => cluster.call(`dynamic/${name}`, { at, hold: 1 });
    const answers = async (at) => Object.fromEntries(await Promise.all(Object.keys(healthy).map(async (name) => [name, (await call(name, at)).status])));
    const isHealthy = (at) => until(`node ${at} counts`, async () => { const got = await answers(at); assert.deepEqual(got, healthy); return true; }, { within: 3000, every: 50 });

    before(async () => {
      for (const it of ['count-open', 'cost-open']) await call(it, 0);
      for (const at of NODES) await isHealthy(at);
    });

    for (const [name, outage] of Object.entries(outages)) {
      test(`${name}, each limit does as it says, a decision waits ${DECISION_MS} ms at most, and all is well within 3 s of its return`, async () => {
        const before = await cluster.total('pointsman_limit_unanswered_total');
        const took = [];
        await during(outage, async () => {
          for (let round = 0; round < 3; round += 1) {
            for (const at of NODES) {
              for (const [route, status] of Object.entries(away)) {
                const reply = await call(route, at);
                assert.equal(reply.status, status, `${route} on node ${at}: ${reply.text}`);
                took.push(reply.ms);
              }
              assert.equal((await send(`${cluster.nodes[at].url}/readyz`, { method: 'GET' })).status, 200);
            }
          }
          assert.ok(median(took) < DECISION_MS * 1.5, `median ${median(took)} ms`);
          assert.ok(Math.max(...took) < REQUEST_MS, `longest ${Math.max(...took)} ms`);
          // Numbers of the limits are brought up to date once a second.
          await until('each is counted', async () => await cluster.total('pointsman_limit_unanswered_total') >= before + took.length, { within: 3000, every: 100 });
          await until('every node says so', async () => await cluster.total('pointsman_limit_counters_up') === 0, { within: 3000, every: 100 });
        });
        await Promise.all(NODES.map(isHealthy));
      });
    }

    test('that comes back empty, what was spent is known from PostgreSQL', async () => {
      const run = 'restored';
      const call = (hold, real = 0) => cluster.call('dynamic/budget', { metadata: { run }, hold, plan: { run, real } });
      assert.equal((await call(9500, 9400)).status, 200);
      await until('the settlement is in PostgreSQL', async () => (await cluster.postgres.query(`select 1 from limit_totals where position('${run}'::bytea in key) > 0`)).length > 0, { within: 5000 });
      await cluster.redis.kill();
      await cluster.redis.start({ empty: true });
      await until('room is where it was', async () => (await call(600)).status === 200, { within: 3000, every: 50 });
      for (let round = 0; round < 10; round += 1) assert.equal((await call(601)).status, 429, 'and no more');
    });
  });

  describe('without PostgreSQL', () => {
    const outages = {
      'that was killed': [() => cluster.postgres.kill(), () => cluster.postgres.start()],
      'whose packets are swallowed': [() => cluster.databaseRelay.silence(), () => cluster.databaseRelay.speak()],
    };
    let written = 0;
    const write = (at) => { written += 1; return cluster.manage('POST', '/ai-gateway/gateways/default/routes', { at, body: { name: `outage-${written}`, elements: [el.start('m'), el.model('m', 'm-1'), el.end()] } }); };

    for (const [name, outage] of Object.entries(outages)) {
      test(`${name}, traffic goes on, management answers 503 within 5 s, and all is well within 3 s of its return`, async () => {
        await during(outage, async () => {
          const management = NODES.flatMap((at) => [write(at), cluster.manage('GET', '/ai-gateway/gateways/default/routes', { at })]);
          for (let round = 0; round < 20; round += 1) {
            for (const at of NODES) {
              for (const route of ['free', 'count-closed', 'cost-closed']) assert.equal((await cluster.call(`dynamic/${route}`, { at, hold: 1 })).status, 200);
            }
          }
          for (const reply of await Promise.all(management)) {
            assert.equal(reply.status, 503, reply.text);
            assert.equal(reply.json().success, false);
            assert.ok(reply.ms < 5000, `${reply.ms} ms`);
          }
          assert.equal((await cluster.call('dynamic/free')).status, 200);
          for (const at of NODES) assert.equal((await send(`${cluster.nodes[at].url}/readyz`, { method: 'GET' })).status, 200);
        });
        await Promise.all(NODES.map((at) => until(`node ${at} writes`, async () => (await write(at)).status === 200, { within: 3000 })));
      });
    }
  });

  test('without both, a Redis that comes back empty is not asked before PostgreSQL has told what was spent', async () => {
    const run = 'both';
    const call = (at, hold, real = 0) => cluster.call('dynamic/budget', { at, metadata: { run }, hold, plan: { run, real } });
    await until('Redis is asked', async () => (await call(0, 9000, 9000)).status === 200, { within: 3000, every: 50 });
    await until('the settlement is in PostgreSQL', async () => (await cluster.postgres.query(`select 1 from limit_totals where position('${run}'::bytea in key) > 0`)).length > 0, { within: 5000 });
    await during([() => cluster.postgres.kill(), () => cluster.postgres.start()], async () => {
      await cluster.redis.kill();
      await cluster.redis.start({ empty: true });
      for (let round = 0; round < 20; round += 1) {
        for (const at of NODES) assert.equal((await call(at, 1)).status, 429, 'closed');
        assert.equal((await cluster.call('dynamic/count-open', { at: round % 3 })).status, 200, 'open');
        await pause(50);
      }
    });
    for (const at of NODES) {
      await until(`node ${at} knows what is left`, async () => (await call(at, 600)).status === 200, { within: 3000, every: 50 });
      assert.equal((await call(at, 1500)).status, 429);
    }
  });

  describe('nodes that are taken out, stopped and started in turn', () => {
    test('lose no request', async () => {
      let stop = false;
      const replies = [];
      const caller = async (stream) => { while (!stop) replies.push(await cluster.call('dynamic/free', { stream, fresh: true, plan: { ms: 30 } })); };
      const callers = Array.from({ length: 16 }, (_, it) => caller(it % 2 === 0));
      const goOn = async () => { const seen = replies.length; await until('calls go on', () => replies.length > seen + 50); };
      for (const at of NODES) {
        const node = cluster.nodes[at];
        cluster.balancer.use(cluster.ports.filter((it) => it !== cluster.ports[at]));
        await until(`node ${at} has ended what it was asked`, async () => {
          const idle = async () => sum([...(await cluster.metrics(at, 'pointsman_in_flight')).values()]) === 0;
          await pause(100);
          return await idle() && await idle();
        });
        node.child.kill('SIGTERM');
        assert.deepEqual(await node.exited, { code: 0, signal: null });
        await goOn();
        await cluster.restart(at);
        cluster.balancer.use(cluster.ports);
        await goOn();
      }
      stop = true;
      await Promise.all(callers);
      assert.deepEqual(Object.keys(tally(replies)), ['200'], cluster.balancer.said());
    });
  });
});
