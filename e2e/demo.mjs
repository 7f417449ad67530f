// `make demo`: a real language model behind a dynamic route; prints for each request what answered and the path it took.
import { runDemo } from './lib/demo-flow.mjs';

console.log('route dynamic/demo: plan? ─ free → 2 requests a user → small, else sorry (echo) │ paid → 10 % dead → rescue, 90 % stable\n');
await runDemo(({ label, provider, model, path, text }) => {
  console.log(`${label}\n  answered by ${provider}/${model}\n  path        ${path.join(' → ')}\n  text        ${JSON.stringify(text)}\n`);
});
