// Metrics at a collector that other people wrote: over HTTP as protobuf and JSON, and over gRPC; and what happens while it is away.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCollector } from '../lib/collector.mjs';
import { startGateway } from '../lib/gateway.mjs';
import { until } from '../lib/services.mjs';

const ask = (gateway) => gateway.openai().chat.completions.create({ model: 'echo/echo', messages: [{ role: 'user', content: 'prompt-canary-77' }] }, { headers: { 'cf-aig-metadata': '{"team":"label-canary"}' } }).withResponse();
const exports = async (gateway, outcome) => {
  const text = await (await gateway.fetch('/metrics')).text();
  const line = `pointsman_otlp_metric_exports_total{outcome="${outcome}"} `;
  return Number(text.split('\n').find((it) => it.startsWith(line))?.slice(line.length) ?? 0);
};

const NAMES = ['service-canary', 'pointsman_requests', 'gen_ai.client.operation.duration', 'gen_ai.client.token.usage', 'gen_ai.server.request.duration'];
const POINTS = ['gen_ai.operation.name: Str(chat)', 'gen_ai.provider.name: Str(echo)', 'gen_ai.request.model: Str(echo)', 'gen_ai.token.type: Str(input)'];

// This collector leaves out of JSON what has 64-bit numbers, which are text there by the standard: it knows names then, and no histograms.
for (const [name, wanted, env] of [
  ['HTTP with protobuf, by our setting', [...NAMES, ...POINTS], (it) => ({ POINTSMAN_OTLP_ENDPOINT: it.http, POINTSMAN_OTLP_METRICS_INTERVAL_MS: '200' })],
  ['HTTP with JSON, by the standard variables', NAMES, (it) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: it.http, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_METRIC_EXPORT_INTERVAL: '200' })],
  ['gRPC, by the variables of metrics alone', [...NAMES, ...POINTS], (it) => ({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: it.grpc, OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'grpc', OTEL_METRIC_EXPORT_INTERVAL: '200' })],
]) {
  test(`what /metrics tells reaches a collector over ${name}`, async () => {
    const collector = await startCollector();
    const gateway = await startGateway({ env: { ...env(collector), OTEL_SERVICE_NAME: 'service-canary' } });
    try {
      await ask(gateway);
      await until('the collector tells them', () => wanted.every((it) => collector.output().includes(it)));
      await until('an export is counted', async () => (await exports(gateway, 'taken')) > 0);
      for (const outcome of ['partly', 'refused', 'away']) assert.equal(await exports(gateway, outcome), 0, outcome);
    } finally {
      await gateway.stop();
      await collector.stop();
    }
  });
}

test('a collector of metrics that is away costs requests nothing, is counted, and gets everything when it is back', async () => {
  const first = await startCollector();
  const gateway = await startGateway({ env: { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${first.http}/v1/metrics`, OTEL_METRIC_EXPORT_INTERVAL: '50' } });
  let second;
  try {
    await first.stop();
    for (let nth = 0; nth < 20; nth += 1) assert.equal((await ask(gateway)).response.status, 200);
    await until('an export has failed', async () => (await exports(gateway, 'away')) > 0);
    const taken = await exports(gateway, 'taken');
    second = await startCollector(first.ports);
    await until('exports are taken again', async () => (await exports(gateway, 'taken')) > taken, { within: 30_000 });
    await until('they tell of the requests of before', () => /Name: pointsman_requests\n[^#]*#0[^#]*Value: 20\n/.test(second.output()));
    assert.ok(!second.output().includes('canary'), 'nothing that a caller sent is told');
  } finally {
    await gateway.stop();
    await second?.stop();
  }
});
