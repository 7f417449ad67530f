// The demonstration as a test: a real language model, no key, no network, every branch.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runDemo } from '../lib/demo-flow.mjs';

test('real chat requests go down every branch of a route and are answered by a real model', { timeout: 600_000 }, async () => {
  const results = await runDemo();
  const expected = {
    'free plan, plain': [['start', 'plan', 'allowance', 'small', 'end'], 'custom-local'],
    'free plan, streamed': [['start', 'plan', 'allowance', 'small', 'end'], 'custom-local'],
    'free plan, allowance used up': [['start', 'plan', 'allowance', 'sorry', 'end'], 'echo'],
    'free plan, a second user': [['start', 'plan', 'allowance', 'small', 'end'], 'custom-local'],
    'paid plan, stable side': [['start', 'plan', 'canary', 'stable', 'end'], 'custom-local'],
    'paid plan, stable side, streamed': [['start', 'plan', 'canary', 'stable', 'end'], 'custom-local'],
    'paid plan, canary refused': [['start', 'plan', 'canary', 'dead', 'rescue', 'end'], 'custom-local'],
    'paid plan, canary refused, streamed': [['start', 'plan', 'canary', 'dead', 'rescue', 'end'], 'custom-local'],
  };
  for (const [label, [path, provider]] of Object.entries(expected)) {
    const result = results.get(label);
    assert.ok(result, `${label} was asked`);
    assert.deepEqual(result.path, path, label);
    assert.equal(result.provider, provider, label);
    assert.ok(result.text.trim().length > 0, `${label} has text`);
  }
});
