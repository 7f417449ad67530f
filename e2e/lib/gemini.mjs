// A scripted Gemini: generateContent, streams and batchEmbedContents of AI Studio and Vertex AI, and Google's token endpoint, which checks
// the signature of assertions.
import { createVerify, generateKeyPairSync } from 'node:crypto';
import { startUpstream } from './upstream.mjs';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** The JSON of a service account whose tokens are given out at `base`. */
export const serviceAccount = (base) => ({
  type: 'service_account', project_id: 'p', private_key_id: 'kid-1', client_email: 'bot@p.iam.gserviceaccount.com',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }), token_uri: `${base}/token`,
});

/** A chunk, or a whole reply. */
export const reply = (parts, { finish = 'STOP', id = 'resp-1', ...rest } = {}) => ({
  candidates: [{ content: { role: 'model', parts }, ...(finish ? { finishReason: finish } : {}), index: 0 }],
  usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, thoughtsTokenCount: 7, totalTokenCount: 22 },
  modelVersion: 'gemini-3.8-flash', responseId: id, ...rest,
});

const json = (res, status, body) => { res.writeHead(status, { 'content-type': 'application/json' }); res.end(JSON.stringify(body)); };

/** Starts it. `answer` makes the chunks of an answer from a request; a plain call gets its only chunk. */
export async function startGemini() {
  const upstream = await startUpstream();
  const base = upstream.base.replace(/\/v1$/, '');
  const tokens = [];
  let answer = () => [reply([{ text: 'hello from Gemini' }])];
  upstream.use(({ req, res }) => {
    if (req.url === '/token') return json(res, 200, token(req, base, tokens));
    if (req.url.includes(':batchEmbedContents')) return json(res, 200, { embeddings: req.json.requests.map((_, i) => ({ values: [i, 0.5, -1.25] })) });
    const chunks = answer(req);
    if (!req.url.includes(':streamGenerateContent')) return json(res, chunks[0].error?.code ?? 200, chunks[0]);
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const it of chunks) res.write(`data: ${JSON.stringify(it)}\r\n\r\n`);
    res.end();
  });
  return {
    ...upstream, base, tokens,
    answer(next) { answer = next; },
    calls: () => upstream.seen.filter((it) => it.url !== '/token'),
  };
}

function token(req, base, tokens) {
  const assertion = new URLSearchParams(req.body).get('assertion') ?? '';
  const [head, claims, signature] = assertion.split('.');
  const verify = createVerify('RSA-SHA256').update(`${head}.${claims}`);
  if (!verify.verify(publicKey, signature ?? '', 'base64url')) return { error: 'invalid_grant' };
  const read = JSON.parse(Buffer.from(claims, 'base64url'));
  if (read.aud !== `${base}/token` || read.exp - read.iat > 3600) return { error: 'invalid_grant' };
  tokens.push(`ya29.token-${tokens.length + 1}`);
  return { access_token: tokens.at(-1), expires_in: 3600, token_type: 'Bearer' };
}
