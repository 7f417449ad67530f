// Secrets are looked for wherever they must not be: logs with their payloads and decisions, spans, analytics, kept answers and counters in
// Redis, response headers, metrics, the program's log, the database's files. What must be there is looked for by the same search, so that it can fail.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ACCOUNT, ADMIN_TOKEN, createRoute, el, startGateway } from '../lib/gateway.mjs';
import { startRedis, until } from '../lib/services.mjs';
import { say, startUpstream } from '../lib/upstream.mjs';

const SECRETS = {
  'the admin token': ADMIN_TOKEN,
  'a provider key of the environment': 'sk-environment-canary-11',
  'a stored provider key': 'sk-stored-canary-22',
  "a caller's provider key": 'sk-caller-canary-33',
  "a collector's header": 'collector-canary-44',
  'a fixed header of a custom provider': 'fixed-canary-55',
  'a header that may mean a credential': 'session-canary-66',
};
const [, ENVIRONMENT, STORED, CALLER, COLLECTOR, FIXED, SESSION] = Object.values(SECRETS);
const [PROMPT, ANSWER] = ['prompt-canary-77', 'answer-canary-88'];
const ROOT = '/ai-gateway/gateways/default';

/** Keeps the bytes that an OTLP exporter sends, and says that it took them. */
async function receiver() {
  const bodies = [];
  const seen = [];
  const server = http.createServer((req, res) => {
    seen.push(req.headers.authorization);
    req.on('data', (it) => bodies.push(it));
    req.on('end', () => { res.writeHead(200, { 'content-type': 'application/x-protobuf' }); res.end(); });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${server.address().port}`, seen, bytes: () => Buffer.concat(bodies), async stop() { server.closeAllConnections(); await new Promise((done) => server.close(done)); } };
}

test('no key, no token and no credential header is in anything that is written, told or kept', async (t) => {
  const [upstream, redis, collector] = [await startUpstream(), await startRedis(), await receiver()];
  const dir = mkdtempSync(path.join(tmpdir(), 'pointsman-canary-'));
  for (const it of [() => upstream.stop(), () => redis.stop(), () => collector.stop(), () => rmSync(dir, { recursive: true, force: true })]) t.after(it);
  // A provider that repeats what it was sent in its error, as some do.
  upstream.use((it) => (it.req.json.model === 'leaky' ? say.status(401, `bad key in ${JSON.stringify(it.req.headers)}`) : say.completion(ANSWER))(it));
  const gateway = await startGateway({
    dataDir: dir,
    env: {
      POINTSMAN_PROVIDER_OPENAI_BASE_URL: upstream.base, OPENAI_API_KEY: ENVIRONMENT,
      POINTSMAN_PROVIDER_GROQ_BASE_URL: upstream.base, POINTSMAN_PROVIDER_MISTRAL_BASE_URL: upstream.base,
      POINTSMAN_REDIS_URL: redis.url(), POINTSMAN_CACHE: 'redis', POINTSMAN_ALLOW_PRIVATE_UPSTREAMS: 'true',
      POINTSMAN_OTLP_ENDPOINT: collector.url, POINTSMAN_OTLP_HEADERS: `authorization=Bearer%20${COLLECTOR}`, POINTSMAN_OTLP_CONTENT: 'true', POINTSMAN_OTLP_DELAY_MS: '50',
      POINTSMAN_LOG: 'debug', POINTSMAN_LOG_FORMAT: 'json',
    },
  });
  t.after(() => gateway.kill());
  const said = [];
  const manage = async (where, init) => {
    const reply = await gateway.admin(where, init);
    const text = await reply.text();
    assert.equal(reply.status, 200, `${where}: ${text}`);
    said.push([`${init?.method ?? 'GET'} ${where}`, text]);
    return text.startsWith('{') ? JSON.parse(text).result : text;
  };

  await manage(`${ROOT}/provider_configs`, { method: 'POST', body: { provider_slug: 'groq', alias: 'main', default_config: true, secret: STORED } });
  await manage('/ai-gateway/custom-providers', { method: 'POST', body: { name: 'Lab', slug: 'lab', base_url: upstream.base, headers: JSON.stringify({ 'x-fixed': FIXED }) } });
  await manage(ROOT, { method: 'PUT', body: { authentication: false, cache_ttl: 60, otel: [{ url: `${collector.url}/v1/traces`, authorization: `Bearer ${COLLECTOR}`, content_type: 'json' }] } });
  // The one reply that may tell a token, once.
  const made = await (await gateway.admin('/tokens', { method: 'POST', body: { name: 'caller', permissions: ['AI Gateway Read', 'AI Gateway Run'] } })).json();
  SECRETS['a token of ours'] = made.result.value;
  assert.ok(made.result.value.length > 20);
  for (const [name, provider] of [['environment', 'openai'], ['stored', 'groq'], ['custom', 'custom-lab']]) {
    for (const model of ['fine', 'leaky']) {
      await createRoute(gateway, `${name}-${model}`, [
        el.start('who'), el.conditional('who', { 'headers.x-session-token': SESSION, 'body.user': 'ada' }, 'cap', 'cap'),
        el.rate('cap', { key: 'request.key', limit: 1000 }, 'm'), el.model('m', model, { provider }), el.end(),
      ]);
    }
  }

  const token = made.result.value;
  const call = async (model, headers, more = {}) => {
    const reply = await gateway.fetch(`/v1/${ACCOUNT}/default/compat/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'pointsman-trace': '1', 'x-session-token': SESSION, 'cf-aig-metadata': '{"team":"red"}', ...headers },
      body: JSON.stringify({ model, user: 'ada', messages: [{ role: 'user', content: PROMPT }], ...more }),
    });
    said.push([`${model} ${Object.keys(headers)}`, `${reply.status} ${JSON.stringify([...reply.headers])} ${await reply.text()}`]);
    return reply;
  };
  const ways = [{ authorization: `Bearer ${ADMIN_TOKEN}` }, { 'x-api-key': token }, { 'cf-aig-authorization': `Bearer ${token}`, authorization: `Bearer ${CALLER}` }, { authorization: `Bearer ${CALLER}` }];
  const models = [...['environment', 'stored', 'custom'].flatMap((it) => [`dynamic/${it}-fine`, `dynamic/${it}-leaky`]), 'mistral/fine', 'mistral/leaky', 'openai/fine', 'nowhere/x'];
  const statuses = new Set();
  let recorded = 0;
  for (const headers of ways) {
    for (const model of models) {
      for (const more of [{}, { stream: true }]) {
        const reply = await call(model, headers, more);
        statuses.add(reply.status);
        if (reply.headers.get('cf-aig-log-id')) recorded += 1;
        if (reply.status === 200) assert.ok(reply.headers.get('pointsman-trace') && reply.headers.get('server-timing'));
      }
    }
  }
  assert.ok(statuses.has(200) && statuses.size > 1, `some fail, and some do not: ${[...statuses]}`);
  const used = JSON.stringify(upstream.seen.map((it) => it.headers));
  for (const it of [ENVIRONMENT, STORED, CALLER, FIXED]) assert.ok(used.includes(it), `${it} goes where it belongs`);
  for (const it of [ADMIN_TOKEN, token]) assert.ok(!used.includes(it), 'a token of ours goes to nobody');

  await until('all are logged', async () => (await gateway.metric('pointsman_logs_written_total')) >= recorded);
  await until('all are exported', async () => collector.bytes().includes('custom-lab') && (await gateway.metric('pointsman_otlp_spans_exported_total')) > recorded);
  let kept = 0;
  for (let page = 1; ; page += 1) {
    const logs = await manage(`${ROOT}/logs?per_page=50&page=${page}`);
    for (const { id } of logs) {
      await manage(`${ROOT}/logs/${id}`);
      for (const it of ['request', 'response']) {
        const body = await gateway.admin(`${ROOT}/logs/${id}/${it}`);
        said.push([`${it} of ${id}`, await body.text()]);
        kept += body.status === 200;
      }
    }
    if (logs.length < 50) break;
  }
  assert.ok(kept >= recorded, `${kept} payloads of ${recorded} requests`);
  await until('the analytics have something', async () => (await (await gateway.admin(`${ROOT}/analytics`)).json()).result.total.requests > 0);
  for (const it of ['', '?group=key', '?group=provider,model,route', '?group=metadata.team']) await manage(`${ROOT}/analytics${it}`);
  await manage(`${ROOT}/routes?per_page=50`);
  assert.ok(JSON.stringify(said).includes(PROMPT) && JSON.stringify(said).includes(ANSWER), 'the search finds what there is');
  for (const it of ['/provider_configs', '/prices', '']) await manage(`${ROOT}${it}`);
  for (const it of ['/ai-gateway/custom-providers', '/ai-gateway/audit?per_page=50', '/tokens']) await manage(it);
  for (const it of ['/metrics', '/readyz', '/', '/openapi.json']) said.push([it, await (await gateway.fetch(it)).text()]);
  assert.equal((await gateway.stop()).code, 0);

  const places = [...said, ['the log of the program', gateway.logs()], ['spans', collector.bytes()], ['Redis', redis.written()]];
  for (const it of readdirSync(dir)) places.push([`the file ${it}`, readFileSync(path.join(dir, it))]);
  const bytes = (name) => Buffer.from(places.find(([it]) => it === name)[1]);
  for (const [name, it] of [['spans', PROMPT], ['Redis', ANSWER], ['the log of the program', '"level"'], ['the file pointsman-logs.db', 'mistral']]) assert.ok(bytes(name).includes(it), `${it} is not in ${name}`);
  // The condition on the header is the operator's own text, and stands where routes stand.
  const own = (name) => /\/routes/.test(name) || name === 'the file pointsman.db';
  for (const [what, secret] of Object.entries(SECRETS)) {
    for (const [name, it] of places) {
      if (secret === SESSION && own(name)) continue;
      const at = Buffer.from(it).indexOf(secret);
      assert.ok(at < 0, `${what} is in ${name}: …${Buffer.from(it).subarray(Math.max(0, at - 200), at + 60)}`);
    }
  }
});
