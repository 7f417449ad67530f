// Three real nodes behind the real nginx, on a PostgreSQL and a Redis of their own, with a scripted upstream that keeps a ledger.
import http from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ACCOUNT, ADMIN_TOKEN, startGateway } from './gateway.mjs';
import { ownPort, pause, startBalancer, startPostgres, startRedis, startRelay, until } from './services.mjs';
import { chunk, completion, event, startUpstream } from './upstream.mjs';

/** How long a hold outlives its holder here. */
export const LEASE_MS = 2000;
/** What one output token of the model `m-1` costs here, in nano-dollars; input is free, so that a hold is `max_tokens` of these. */
export const TOKEN_NANOS = 1_000_000;
const MASTER_KEY = '5a'.repeat(32);

/** One request on its own connection or a kept one; never throws for what a server answers. */
export function send(url, { method = 'POST', body, headers = {}, agent } = {}) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const began = performance.now();
  return new Promise((done, fail) => {
    const request = http.request(url, { method, agent, headers: { ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }), ...headers } }, (response) => {
      const parts = [];
      response.on('data', (it) => parts.push(it));
      response.on('end', () => {
        const body = Buffer.concat(parts).toString();
        done({ status: response.statusCode, headers: response.headers, text: body, json: () => JSON.parse(body), ms: performance.now() - began });
      });
      response.on('error', fail);
    });
    request.on('error', fail);
    request.end(text);
  });
}

/**
 * An upstream whose callers say in the prompt what it shall use: `{hold, real, ms}` in tokens and milliseconds, `ms: null` for never.
 * The ledger keeps, for each budget, who is waiting for an answer and who got one.
 */
export async function startLedger() {
  const upstream = await startUpstream();
  const calls = [];
  let look = () => {};
  upstream.use(async ({ req, res }) => {
    const plan = JSON.parse(req.json.messages[0].content);
    const call = { ...plan, hold: req.json.max_tokens ?? 0, answered: false, closed: false };
    calls.push(call);
    res.on('close', () => { call.closed = true; });
    look(call);
    if (plan.ms === null) return;
    if (plan.ms) await pause(plan.ms);
    call.answered = true;
    const usage = { prompt_tokens: 5, completion_tokens: plan.real, total_tokens: 5 + plan.real };
    if (!req.json.stream) {
      res.writeHead(200, { 'content-type': 'application/json' });
      return res.end(JSON.stringify(completion('done', { usage })));
    }
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const it of ['a', 'b', 'c']) { res.write(event(chunk({ content: it }))); await pause(1); }
    res.write(event(chunk({}, 'stop')));
    if (req.json.stream_options?.include_usage) res.write(event({ ...chunk({}), choices: [], usage }));
    res.end(event('[DONE]'));
  });
  return { base: upstream.base, calls, of: (run) => calls.filter((it) => it.run === run), onCall(next) { look = next; }, stop: () => upstream.stop() };
}

/**
 * `relayed`: between the nodes and the stores stand relays, to be cut. They run in this process, so whatever keeps it busy makes the stores
 * slow; without them nodes talk to the stores directly. `env` adds to every node's environment.
 */
export async function startCluster({ nodes: count = 3, relayed = false, env = {} } = {}) {
  const [postgres, redis, ledger] = await Promise.all([startPostgres(), startRedis(), startLedger()]);
  const databaseRelay = relayed ? await startRelay(postgres.port) : undefined;
  const redisRelays = relayed ? await Promise.all(Array.from({ length: count }, () => startRelay(redis.port))) : [];
  const ports = await Promise.all(Array.from({ length: count }, ownPort));
  const dirs = ports.map((port) => mkdtempSync(path.join(tmpdir(), `pointsman-node-${port}-`)));
  const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });
  const startNode = (index) => startGateway({
    dataDir: dirs[index],
    env: {
      POINTSMAN_LISTEN: `127.0.0.1:${ports[index]}`,
      POINTSMAN_DATABASE_URL: postgres.url(databaseRelay?.port),
      POINTSMAN_REDIS_URL: redis.url(redisRelays[index]?.port),
      POINTSMAN_MASTER_KEY: MASTER_KEY,
      POINTSMAN_LIMIT_LEASE_MS: String(LEASE_MS),
      POINTSMAN_PROVIDER_OPENAI_BASE_URL: ledger.base, OPENAI_API_KEY: 'sk-a',
      POINTSMAN_BREAKER_FAILURES: '0',
      // How long silence may be is shown where Redis is cut off; elsewhere processors that a dozen programs share must not look like it.
      ...(relayed ? {} : { POINTSMAN_LIMIT_PATIENCE_MS: '2000' }),
      ...env,
    },
  });
  const nodes = [];
  for (let index = 0; index < count; index += 1) nodes.push(await startNode(index));
  const balancer = await startBalancer(ports);
  const chat = (url, gateway = 'default') => `${url}/v1/${ACCOUNT}/${gateway}/compat/chat/completions`;
  const cluster = {
    postgres, redis, ledger, databaseRelay, redisRelays, ports, nodes, balancer,
    /** A model call through `at` (a node's index, or the balancer), with what the upstream shall do; `fresh` on a connection of its own. */
    call(model, { at, gateway, plan = {}, hold, stream, metadata, headers = {}, fresh = false } = {}) {
      const body = { model, messages: [{ role: 'user', content: JSON.stringify({ real: 1, ...plan }) }], ...(hold === undefined ? {} : { max_tokens: hold }), ...(stream ? { stream } : {}) };
      const where = at === undefined ? balancer.url : nodes[at].url;
      return send(chat(where, gateway), { agent: fresh ? false : agent, body, headers: { ...(metadata ? { 'cf-aig-metadata': JSON.stringify(metadata) } : {}), ...headers } });
    },
    /** A management request at a node, or through the balancer. */
    async manage(method, where, { at, body } = {}) {
      const url = `${at === undefined ? balancer.url : nodes[at].url}/client/v4/accounts/${ACCOUNT}${where}`;
      return send(url, { method, body, agent, headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
    },
    /** As `manage`, and it must succeed. */
    async managed(method, where, options) {
      const reply = await cluster.manage(method, where, options);
      if (reply.status !== 200) throw new Error(`${method} ${where}: ${reply.status} ${reply.text}`);
      return reply.json();
    },
    async route(name, elements, { at = 0, gateway = 'default' } = {}) {
      return (await cluster.managed('POST', `/ai-gateway/gateways/${gateway}/routes`, { at, body: { name, elements } })).result;
    },
    /** Waits until every node serves `model`: a call that is not told 404. */
    async everywhere(model, options = {}) {
      for (let at = 0; at < count; at += 1) {
        await until(`node ${at} serves ${model}`, async () => (await cluster.call(model, { at, ...options })).status !== 404, { within: 5000 });
      }
    },
    /** A metric's values of one node, by their labels as written. */
    async metrics(at, name) {
      const { text } = await send(`${nodes[at].url}/metrics`, { method: 'GET', agent });
      const lines = text.split('\n').filter((it) => it.startsWith(name) && /^[ {]/.test(it.slice(name.length)));
      return new Map(lines.map((it) => [it.slice(name.length, it.lastIndexOf(' ')), Number(it.slice(it.lastIndexOf(' ') + 1))]));
    },
    /** A metric summed over nodes and labels that contain `label`. */
    async total(name, label = '') {
      let sum = 0;
      for (let at = 0; at < count; at += 1) for (const [labels, value] of await cluster.metrics(at, name)) if (labels.includes(label)) sum += value;
      return sum;
    },
    async restart(index) { nodes[index] = await startNode(index); },
    async stop() {
      agent.destroy();
      await Promise.all([balancer.stop(), ...nodes.map((it) => it.kill())]);
      await Promise.all([...redisRelays, ...(databaseRelay ? [databaseRelay] : [])].map((it) => it.stop()));
      await Promise.all([postgres.stop(), redis.stop(), ledger.stop()]);
      for (const it of dirs) rmSync(it, { recursive: true, force: true });
    },
  };
  return cluster;
}
