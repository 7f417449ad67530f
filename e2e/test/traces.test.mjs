// Spans of requests at a collector that other people wrote: over HTTP as protobuf and JSON, over gRPC, from a gateway's own setting; and what happens while it is away.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCollector } from '../lib/collector.mjs';
import { startGateway } from '../lib/gateway.mjs';
import { until } from '../lib/services.mjs';

const ask = (gateway, headers = {}) => gateway.openai().chat.completions.create({ model: 'echo/echo', messages: [{ role: 'user', content: 'prompt-canary-77' }] }, { headers }).withResponse();
const metric = async (gateway, name) => {
  const text = await (await gateway.fetch('/metrics')).text();
  return Number(text.split('\n').find((it) => it.startsWith(`${name} `))?.split(' ')[1] ?? 0);
};
const exported = (gateway) => metric(gateway, 'pointsman_otlp_spans_exported_total');
const TRACE = '0af7651916cd43dd8448eb211c80319c';

for (const [name, env] of [
  ['HTTP with protobuf, by our setting', (it) => ({ POINTSMAN_OTLP_ENDPOINT: it.http })],
  ['HTTP with JSON, by the standard variables', (it) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: it.http, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' })],
  ['gRPC', (it) => ({ POINTSMAN_OTLP_ENDPOINT: it.grpc, POINTSMAN_OTLP_PROTOCOL: 'grpc' })],
]) {
  test(`the caller's trace goes on at a collector over ${name}`, async () => {
    const collector = await startCollector();
    const gateway = await startGateway({ env: { ...env(collector), OTEL_SERVICE_NAME: 'service-canary' } });
    try {
      const { response } = await ask(gateway, { traceparent: `00-${TRACE}-b7ad6b7169203331-01`, 'cf-aig-metadata': '{"team":"blue"}' });
      assert.equal(response.headers.get('cf-aig-trace-id'), TRACE);
      await until('the spans are exported', async () => (await exported(gateway)) === 2);
      await until('the collector tells them', () => collector.output().includes('service-canary'));
      const told = collector.output();
      for (const it of [TRACE, 'b7ad6b7169203331', 'chat echo/echo', 'gen_ai.usage.input_tokens', 'team', 'pointsman.log_id']) assert.ok(told.includes(it), `${it} is not in ${told}`);
      assert.ok(!told.includes('prompt-canary'), 'content is told only where it is configured');
    } finally {
      await gateway.stop();
      await collector.stop();
    }
  });
}

test('a gateway has a collector of its own, and its spans tell content where that is configured', async () => {
  const collector = await startCollector();
  const gateway = await startGateway({ env: { POINTSMAN_ALLOW_PRIVATE_UPSTREAMS: 'true', POINTSMAN_OTLP_CONTENT: 'true' } });
  try {
    const otel = [{ url: `${collector.http}/v1/traces`, headers: { 'x-team': 'a' }, authorization: 'Bearer canary', content_type: 'json' }];
    const put = await (await gateway.admin('/ai-gateway/gateways/default', { method: 'PUT', body: { authentication: false, otel } })).json();
    assert.deepEqual(put.result.otel, [{ ...otel[0], headers: { 'x-team': '***' }, authorization: '***' }]);
    await ask(gateway);
    await until('the spans are exported', async () => (await exported(gateway)) === 2);
    await until('the collector tells them', () => collector.output().includes('prompt-canary-77'));
    assert.ok(collector.output().includes('gen_ai.completion_json'));
  } finally {
    await gateway.stop();
    await collector.stop();
  }
});

test('a collector that is away costs requests nothing, and is used again when it is back', async () => {
  const first = await startCollector();
  const gateway = await startGateway({ env: { POINTSMAN_OTLP_ENDPOINT: first.http, POINTSMAN_OTLP_DELAY_MS: '50' } });
  let second;
  try {
    await first.stop();
    for (let nth = 0; nth < 20; nth += 1) assert.equal((await ask(gateway)).response.status, 200);
    await until('an export has failed', async () => (await metric(gateway, 'pointsman_otlp_exports_failed_total')) > 0);
    second = await startCollector(first.ports);
    await until('all spans are exported after all', async () => (await exported(gateway)) === 40, { within: 30_000 });
  } finally {
    await gateway.stop();
    await second?.stop();
  }
});
