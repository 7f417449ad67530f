// The management API under the official npm `cloudflare` SDK: all ten operations, with valid and invalid input.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import Cloudflare from 'cloudflare';
import { ACCOUNT, el, startGateway } from '../lib/gateway.mjs';

let gateway;
let client;
let routes;
const account_id = ACCOUNT;
const gateway_id = 'default';
const at = (more = {}) => ({ account_id, gateway_id, ...more });
const echo = (model = 'echo') => [el.start('m'), el.model('m', model, { provider: 'echo' }), el.end()];

before(async () => {
  gateway = await startGateway();
  client = gateway.cloudflare();
  routes = client.aiGateway.dynamicRouting;
});
after(() => gateway.stop());

const answer = async (model) => {
  const { data, response } = await gateway.openai().chat.completions.create({ model, messages: [{ role: 'user', content: 'ping' }] }).withResponse();
  return { text: data.choices[0].message.content, model: response.headers.get('cf-aig-model'), version: response.headers.get('pointsman-version') };
};

describe('the ten operations', () => {
  test('a route is created, versioned, deployed, rolled back, renamed and deleted, and traffic follows each step at once', async () => {
    const created = await routes.create(gateway_id, { account_id, name: 'story', elements: echo() });
    assert.equal(created.name, 'story');
    assert.deepEqual(created.elements, echo());
    assert.equal(created.version.active, 'true');
    assert.deepEqual(JSON.parse(created.version.data), echo());
    assert.ok(created.deployment.deployment_id);
    assert.ok(!Number.isNaN(Date.parse(created.created_at)));
    assert.equal((await answer('dynamic/story')).model, 'echo');

    const second = await routes.createVersion(created.id, at({ elements: echo('echo-slow') }));
    assert.equal(second.id, created.id);
    assert.ok(second.version_id, 'createVersion says which version it made');
    assert.deepEqual(second.elements, echo('echo-slow'));
    assert.equal((await answer('dynamic/story')).model, 'echo', 'a new version serves nobody until it is deployed');

    const deployed = await routes.createDeployment(created.id, at({ version_id: second.version_id }));
    assert.equal(deployed.id, created.id);
    assert.deepEqual(await answer('dynamic/story'), { text: 'ping', model: 'echo-slow', version: second.version_id });

    await routes.createDeployment(created.id, at({ version_id: created.version.version_id }));
    assert.deepEqual(await answer('dynamic/story'), { text: 'ping', model: 'echo', version: created.version.version_id });

    const versions = await routes.listVersions(created.id, at());
    assert.equal(versions.success, true);
    assert.deepEqual(versions.data.versions.map((it) => [it.version_id, it.active]), [[second.version_id, 'false'], [created.version.version_id, 'true']]);
    assert.equal(typeof versions.data.versions[0].data, 'string');
    const deployments = await routes.listDeployments(created.id, at());
    assert.deepEqual(deployments.data.deployments.map((it) => it.version_id), [created.version.version_id, second.version_id, created.version.version_id]);

    const one = await routes.getVersion(second.version_id, at({ id: created.id }));
    assert.equal(one.version_id, second.version_id);
    assert.equal(one.active, 'false');
    assert.deepEqual(one.elements, echo('echo-slow'));

    const renamed = await routes.update(created.id, at({ name: 'story-2' }));
    assert.equal(renamed.success, true);
    assert.equal(renamed.route.id, created.id);
    assert.equal(renamed.route.name, 'story-2');
    assert.equal((await answer('dynamic/story-2')).model, 'echo');
    await assert.rejects(answer('dynamic/story'), (error) => error.status === 404);

    const got = await routes.get(created.id, at());
    assert.equal(got.name, 'story-2');
    const deleted = await routes.delete(created.id, at());
    assert.equal(deleted.id, created.id);
    assert.deepEqual(deleted.elements, echo());
    await assert.rejects(routes.get(created.id, at()), Cloudflare.NotFoundError);
    await assert.rejects(answer('dynamic/story-2'), (error) => error.status === 404);
  });

  test('lists are paged exactly', async () => {
    for (let n = 0; n < 5; n++) await routes.create(gateway_id, { account_id, name: `page-${n}`, elements: echo() });
    const first = await routes.list(gateway_id, { account_id, page: 1, per_page: 2 });
    const second = await routes.list(gateway_id, { account_id, page: 2, per_page: 2 });
    assert.equal(first.data.page, 1);
    assert.equal(first.data.per_page, 2);
    assert.equal(typeof first.data.order_by, 'string');
    assert.equal(typeof first.data.order_by_direction, 'string');
    assert.equal(first.data.routes.length, 2);
    assert.equal(second.data.routes.length, 2);
    assert.equal(new Set([...first.data.routes, ...second.data.routes].map((it) => it.id)).size, 4);
    const all = await routes.list(gateway_id, { account_id, per_page: 50 });
    assert.ok(all.data.routes.length >= 5);
    assert.equal(all.data.routes[0].version.active, 'true');
  });

  test('a client without Stainless headers gets the live form: a boolean and an array', async () => {
    const created = await routes.create(gateway_id, { account_id, name: 'dialects', elements: echo() });
    const live = await gateway.admin(`/ai-gateway/gateways/default/routes/${created.id}`);
    const body = await live.json();
    assert.equal(body.result.version.active, true);
    assert.deepEqual(body.result.version.data, echo());
    assert.equal(live.headers.get('vary')?.toLowerCase().includes('x-stainless-lang'), true);
    const reference = await routes.get(created.id, at()).asResponse();
    assert.equal(reference.headers.get('etag'), live.headers.get('etag'), 'the ETag is the same in both dialects');
  });
});

describe('bad input', () => {
  const invalid = (name, elements) => routes.create(gateway_id, { account_id, name, elements });

  test('a graph that cannot run is refused with every problem, element by element', async () => {
    const elements = [el.start('nowhere'), { id: 'c', type: 'conditional', outputs: { true: { elementId: 'end' }, false: { elementId: 'end' } }, properties: { conditions: { 'metadata.a': { $like: 1 } } } }, el.model('m', 'x', { provider: 'no-such-provider' }), el.end()];
    await assert.rejects(invalid('broken', elements), (error) => {
      assert.ok(error instanceof Cloudflare.BadRequestError);
      const errors = error.errors;
      assert.ok(errors.every((it) => it.code === 7001 && it.path[0] === 'body' && it.path[1] === 'elements' && it.source.pointer.startsWith('/elements/') && it.problem.code));
      assert.deepEqual([...new Set(errors.map((it) => it.problem.element))].sort(), ['c', 'm', 'start']);
      return true;
    });
    await assert.rejects(answer('dynamic/broken'), (error) => error.status === 404);
  });

  test('an invalid version is kept, says why, and cannot be deployed', async () => {
    const route = await routes.create(gateway_id, { account_id, name: 'keeps', elements: echo() });
    const response = await routes.createVersion(route.id, at({ elements: [el.start('gone'), el.end()] })).asResponse();
    const body = await response.json();
    assert.equal(response.status, 200);
    assert.ok(body.messages.length > 0);
    const version = await routes.getVersion(body.result.version_id, at({ id: route.id }));
    assert.equal(version.is_valid, false);
    await assert.rejects(routes.createDeployment(route.id, at({ version_id: body.result.version_id })), Cloudflare.BadRequestError);
    assert.equal((await answer('dynamic/keeps')).model, 'echo');
  });

  test('each mistake has its class and code', async () => {
    const route = await routes.create(gateway_id, { account_id, name: 'taken', elements: echo() });
    const cases = [
      [() => invalid('taken', echo()), 400, 7005, /already exists/],
      [() => routes.get('no-such-id', at()), 404, 7005, /not found/],
      [() => routes.list('no-such-gateway', { account_id }), 404, 7002, /not found/],
      [() => routes.createDeployment(route.id, at({ version_id: 'no-such-version' })), 404, undefined, /not found/],
      [() => routes.getVersion('no-such-version', at({ id: route.id })), 404, undefined, /not found/],
      [() => invalid('', echo()), 400, 7001, /name/i],
      [() => invalid('a b', echo()), 400, 7001, /name/i],
      [() => invalid('x'.repeat(129), echo()), 400, 7001, /name/i],
      [() => invalid('no-elements', undefined), 400, 7001, /Required/],
      [() => invalid('not-array', { a: 1 }), 400, 7001, /array/i],
      [() => invalid('bad-type', [{ id: 'a', type: 'teleport', outputs: {} }]), 400, 7001, /'start' \| 'conditional'/],
      [() => routes.update(route.id, { account_id, gateway_id }), 400, 7001, /name/i],
      [() => routes.list('default', { account_id: 'somebody-else' }), 404, undefined, /account/i],
    ];
    for (const [call, status, code, message] of cases) {
      await assert.rejects(call(), (error) => {
        assert.equal(error.status, status, `${call}: ${error.message}`);
        if (code) assert.equal(error.errors[0].code, code, `${call}: ${error.message}`);
        assert.match(error.errors[0].message, message, String(call));
        return true;
      });
    }
  });

  test('a wrong or missing token is a 401', async () => {
    await assert.rejects(gateway.cloudflare({ apiToken: 'wrong' }).aiGateway.dynamicRouting.list(gateway_id, { account_id }), Cloudflare.AuthenticationError);
    const bare = await gateway.fetch(`/client/v4/accounts/${ACCOUNT}/ai-gateway/gateways`);
    assert.equal(bare.status, 401);
  });

  test('a stale If-Match is a 412 and changes nothing', async () => {
    const route = await routes.create(gateway_id, { account_id, name: 'etags', elements: echo() });
    const etag = (await routes.get(route.id, at()).asResponse()).headers.get('etag');
    assert.match(etag, /^"[^"]+"$/);
    await routes.update(route.id, at({ name: 'etags-2' }), { headers: { 'If-Match': etag } });
    await assert.rejects(routes.update(route.id, at({ name: 'etags-3' }), { headers: { 'If-Match': etag } }), (error) => error.status === 412);
    assert.equal((await routes.get(route.id, at())).name, 'etags-2');
  });
});

describe('around the routes', () => {
  test('gateways are created, read, replaced and deleted with what is in them', async () => {
    const made = await client.aiGateway.create({ account_id, id: 'team-a', cache_invalidate_on_update: true, cache_ttl: 0, collect_logs: true, rate_limiting_interval: 0, rate_limiting_limit: 0 });
    assert.equal(made.id, 'team-a');
    const route = await routes.create('team-a', { account_id, name: 'inside', elements: echo() });
    const replaced = await client.aiGateway.update('team-a', { account_id, cache_invalidate_on_update: true, cache_ttl: 0, collect_logs: false, rate_limiting_interval: 0, rate_limiting_limit: 0 });
    assert.equal(replaced.collect_logs, false);
    assert.equal((await client.aiGateway.get('team-a', { account_id })).collect_logs, false);
    assert.equal((await gateway.admin('/ai-gateway/gateways/team-a?force=true', { method: 'DELETE' })).status, 200);
    await assert.rejects(client.aiGateway.get('team-a', { account_id }), Cloudflare.NotFoundError);
    await assert.rejects(routes.get(route.id, { account_id, gateway_id: 'team-a' }), Cloudflare.NotFoundError);
  });

  test('a stored provider key is never returned', async () => {
    const secret = 'sk-canary-provider-key-0123456789';
    const made = await gateway.admin('/ai-gateway/gateways/default/provider_configs', { method: 'POST', body: { provider_slug: 'openai', alias: 'default', default_config: true, secret } });
    assert.equal(made.status, 200);
    const listed = await gateway.admin('/ai-gateway/gateways/default/provider_configs');
    for (const text of [await made.text(), await listed.text()]) assert.ok(!text.includes(secret));
    assert.ok(!gateway.logs().includes(secret));
  });

  test('a token verifies, is limited to its rights, and dies when revoked', async () => {
    const made = await (await gateway.admin('/tokens', { method: 'POST', body: { name: 'reader', permissions: ['AI Gateway Read'] } })).json();
    const reader = gateway.cloudflare({ apiToken: made.result.value });
    assert.equal((await reader.user.tokens.verify()).status, 'active');
    assert.ok((await reader.aiGateway.dynamicRouting.list(gateway_id, { account_id })).success);
    await assert.rejects(reader.aiGateway.dynamicRouting.create(gateway_id, { account_id, name: 'nope', elements: echo() }), Cloudflare.PermissionDeniedError);
    assert.equal((await gateway.admin(`/tokens/${made.result.id}`, { method: 'DELETE' })).status, 200);
    await assert.rejects(reader.aiGateway.dynamicRouting.list(gateway_id, { account_id }), Cloudflare.AuthenticationError);
  });

  test('every management write is in the audit log with its actor', async () => {
    await routes.create(gateway_id, { account_id, name: 'audited', elements: echo() });
    const text = await (await gateway.admin('/ai-gateway/audit?per_page=50')).text();
    assert.match(text, /route\.create/);
    assert.match(text, /audited/);
  });
});
