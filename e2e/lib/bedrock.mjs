// A scripted Amazon Bedrock: checks signatures with AWS's own signer and encodes streams with AWS's own codec.
import { Sha256 } from '@aws-crypto/sha256-js';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { SignatureV4 } from '@smithy/signature-v4';
import { fromUtf8, toUtf8 } from '@smithy/util-utf8';
import { startUpstream } from './upstream.mjs';

export const REGION = 'eu-west-1';
/** The gateway's credentials. */
export const KEYS = { accessKeyId: 'AKIDGATEWAY', secretAccessKey: 'gateway-secret-canary-0f9e8d7c' };

const codec = new EventStreamCodec(toUtf8, fromUtf8);
const text = (value) => ({ type: 'string', value });

/** One frame of an event, or of an exception when its name ends so. */
export function frame(name, payload) {
  const kind = name.endsWith('Exception') ? 'exception' : 'event';
  const headers = { [`:${kind}-type`]: text(name), ':content-type': text('application/json'), ':message-type': text(kind) };
  return Buffer.from(codec.encode({ headers, body: fromUtf8(JSON.stringify(payload)) }));
}

/** Why a request is not signed by the gateway's credentials for Bedrock; undefined when it is. */
async function wrong(req, keys) {
  const authorization = req.headers.authorization ?? '';
  const [, scope, names] = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d+\/(\S+), SignedHeaders=(\S+), /.exec(authorization) ?? [];
  if (scope !== `${REGION}/bedrock/aws4_request`) return `the scope is ${scope}: ${authorization}`;
  const [hostname, port] = req.headers.host.split(':');
  const [path, search = ''] = req.url.split('?');
  const headers = Object.fromEntries(names.split(';').filter((it) => it !== 'x-amz-date').map((it) => [it, req.headers[it]]));
  const signer = new SignatureV4({ service: 'bedrock', region: REGION, credentials: keys, sha256: Sha256, applyChecksum: false });
  const at = req.headers['x-amz-date'].replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const request = { method: req.method, protocol: 'http:', hostname, port, path, query: Object.fromEntries(new URLSearchParams(search)), headers, body: req.bytes };
  const signed = await signer.sign(request, { signingDate: new Date(at) });
  return signed.headers.authorization === authorization ? undefined : `signed as ${authorization}, not as ${signed.headers.authorization}`;
}

/** Starts it. `answer` is given the request and gives `{ content, stopReason, usage }`, or `{ frames }` for a stream of its own. */
export async function startBedrock({ keys = KEYS } = {}) {
  const upstream = await startUpstream();
  let answer = () => say('Hello from Bedrock');
  upstream.use(async ({ req, res }) => {
    const why = await wrong(req, keys);
    if (why) {
      res.writeHead(403, { 'content-type': 'application/json', 'x-amzn-errortype': 'InvalidSignatureException' });
      return res.end(JSON.stringify({ message: why }));
    }
    const reply = answer(req);
    if (!req.url.endsWith('/converse-stream')) {
      res.writeHead(200, { 'content-type': 'application/json', 'x-amzn-requestid': 'req-1' });
      const { content, stopReason, usage } = reply;
      return res.end(JSON.stringify({ output: { message: { role: 'assistant', content } }, stopReason, usage, metrics: { latencyMs: 12 } }));
    }
    res.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream', 'x-amzn-requestid': 'req-1' });
    for (const it of reply.frames ?? streamed(reply)) res.write(it);
    res.end();
  });
  return { ...upstream, base: upstream.base.replace(/\/v1$/, ''), answer(next) { answer = next; } };
}

export const usage = { inputTokens: 12, outputTokens: 7, totalTokens: 119, cacheReadInputTokens: 100 };
export const say = (words) => ({ content: [{ text: words }], stopReason: 'end_turn', usage });
export const call = (id, name, input) => ({ content: [{ toolUse: { toolUseId: id, name, input } }], stopReason: 'tool_use', usage });

/** The frames of a reply, in pieces of a few letters. */
function* streamed({ content, stopReason, usage }) {
  yield frame('messageStart', { role: 'assistant' });
  for (const [contentBlockIndex, block] of content.entries()) {
    const delta = (delta) => frame('contentBlockDelta', { contentBlockIndex, delta });
    const pieces = (text) => text.match(/[^]{1,5}/gu) ?? [];
    if (block.text !== undefined) for (const text of pieces(block.text)) yield delta({ text });
    if (block.reasoningContent) {
      const { text, signature } = block.reasoningContent.reasoningText;
      for (const it of pieces(text)) yield delta({ reasoningContent: { text: it } });
      yield delta({ reasoningContent: { signature } });
    }
    if (block.toolUse) {
      const { toolUseId, name, input } = block.toolUse;
      yield frame('contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId, name } } });
      for (const input_ of pieces(JSON.stringify(input))) yield delta({ toolUse: { input: input_ } });
    }
    yield frame('contentBlockStop', { contentBlockIndex });
  }
  yield frame('messageStop', { stopReason });
  yield frame('metadata', { usage, metrics: { latencyMs: 12 } });
}
