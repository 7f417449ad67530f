// A scripted model provider: speaks the OpenAI wire format over a real socket, and breaks on demand.
// A script is a function (request, socket-level tools) or one of the ready-made ones in `say`.
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';

/** Starts an upstream on its own port; `script` answers every request until `use` replaces it, `once` queues one-time scripts. */
export async function startUpstream({ tls } = {}) {
  const seen = [];
  const queue = [];
  let script = say.completion('hello from upstream');
  const handler = (req, res) => {
    const chunks = [];
    const record = { method: req.method, url: req.url, headers: req.headers, rawHeaders: req.rawHeaders, body: '', closedAt: null, at: Date.now() };
    seen.push(record);
    res.on('close', () => { if (!res.writableFinished) record.closedAt = Date.now(); });
    req.on('data', (c) => chunks.push(c));
    req.on('end', async () => {
      record.bytes = Buffer.concat(chunks);
      record.body = record.bytes.toString('utf8');
      record.json = (() => { try { return JSON.parse(record.body); } catch { return undefined; } })();
      try { await (queue.shift() ?? script)({ req: record, res, socket: req.socket }); }
      catch (error) { res.destroy(error); }
    });
    req.on('error', () => {});
    res.on('error', () => {});
  };
  const server = tls ? https.createServer(tls, handler) : http.createServer(handler);
  server.keepAliveTimeout = 60_000;
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  return {
    port, seen, base: `${tls ? 'https' : 'http'}://127.0.0.1:${port}/v1`,
    use(next) { script = next; },
    once(...next) { queue.push(...next); },
    clear() { seen.length = 0; queue.length = 0; },
    async stop() { server.closeAllConnections(); await new Promise((done) => server.close(done)); },
  };
}

/** A port on which nothing listens. */
export async function refusedPort() {
  const server = net.createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

const usage = { prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 };
export const completion = (text, extra = {}) => ({
  id: 'chatcmpl-scripted', object: 'chat.completion', created: 1_700_000_000, model: 'scripted-1',
  choices: [{ index: 0, message: { role: 'assistant', content: text }, logprobs: null, finish_reason: 'stop' }],
  usage, ...extra,
});
export const chunk = (delta, finish = null, extra = {}) => ({
  id: 'chatcmpl-scripted', object: 'chat.completion.chunk', created: 1_700_000_000, model: 'scripted-1',
  choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }], ...extra,
});
export const event = (data, eol = '\n') => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}${eol}${eol}`;
const sse = (res, headers = {}) => res.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
const json = (res, status, body, headers = {}) => {
  const text = JSON.stringify(body);
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), 'x-request-id': 'req_scripted', ...headers });
  res.end(text);
};
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** The events of a whole stream for these words; usage last when asked for. */
export function streamEvents(words, req, eol = '\n') {
  const events = [event(chunk({ role: 'assistant', content: '' }), eol)];
  for (const word of words) events.push(event(chunk({ content: word }), eol));
  events.push(event(chunk({}, 'stop'), eol));
  if (req?.json?.stream_options?.include_usage) {
    events.push(event({ ...chunk({}), choices: [], usage }, eol));
  }
  events.push(event('[DONE]', eol));
  return events;
}

/** Ready-made behaviours. */
export const say = {
  completion: (text, extra) => ({ req, res }) => {
    if (req.json?.stream) return say.stream(text.split(/(?<= )/))({ req, res });
    json(res, 200, completion(text, extra));
  },
  stream: (words, { gap = 0, eol = '\n' } = {}) => async ({ req, res }) => {
    sse(res);
    for (const it of streamEvents(words, req, eol)) { res.write(it); if (gap) await pause(gap); }
    res.end();
  },
  oneByteAChunk: (words) => async ({ req, res }) => {
    sse(res);
    for (const byte of Buffer.from(streamEvents(words, req).join(''))) { if (res.destroyed) return; res.write(Buffer.from([byte])); await new Promise(setImmediate); }
    res.end();
  },
  status: (status, message = `status ${status}`, headers = {}) => ({ res }) =>
    json(res, status, { error: { message, type: 'scripted_error', code: `code_${status}`, param: null } }, headers),
  rawStatus: (status, text, type = 'text/plain', headers = {}) => ({ res }) => { res.writeHead(status, { 'content-type': type, ...headers }); res.end(text); },
  stallBeforeHeaders: () => () => {},
  stallInBody: () => ({ res }) => { res.writeHead(200, { 'content-type': 'application/json', 'content-length': 5000 }); res.write('{"id":"chatcmpl-'); },
  stallInStream: (words) => ({ res }) => { sse(res); for (const it of words) res.write(event(chunk({ content: it }))); },
  reset: () => ({ socket }) => { socket.resetAndDestroy(); },
  resetInStream: (words) => async ({ res, socket }) => {
    sse(res); for (const it of words) res.write(event(chunk({ content: it }))); await pause(30); socket.resetAndDestroy();
  },
  preambleThenReset: () => async ({ res, socket }) => { sse(res); res.write(event(chunk({ role: 'assistant', content: '' }))); await pause(30); socket.resetAndDestroy(); },
  preambleThenEnd: () => ({ res }) => { sse(res); res.end(event(chunk({ role: 'assistant', content: '' }))); },
  truncatedStream: (words) => ({ res }) => { sse(res); for (const it of words) res.write(event(chunk({ content: it }))); res.end(); },
  truncatedJson: () => ({ res }) => { const text = JSON.stringify(completion('cut')); res.writeHead(200, { 'content-type': 'application/json' }); res.end(text.slice(0, text.length / 2)); },
  html: () => say.rawStatus(200, '<html><body>a proxy says hello</body></html>', 'text/html'),
  errorIn200: (message = 'the model is overloaded') => ({ res }) => json(res, 200, { error: { message, type: 'server_error', code: null } }),
  errorEventIn200: (message = 'the model is overloaded') => ({ res }) => { sse(res); res.end(event({ error: { message, type: 'server_error', code: null } })); },
  jsonInsteadOfStream: () => ({ res }) => json(res, 200, completion('not a stream')),
  pingsOnly: () => async ({ res }) => { sse(res); while (!res.destroyed) { res.write(': ping\n\n'); await pause(20); } },
  redirect: (location) => ({ res }) => { res.writeHead(307, { location }); res.end(); },
  toolCalls: () => ({ req, res }) => {
    const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris","unit":"°C"}' } };
    if (!req.json?.stream) {
      return json(res, 200, completion(null, { choices: [{ index: 0, message: { role: 'assistant', content: null, tool_calls: [call] }, finish_reason: 'tool_calls' }] }));
    }
    sse(res);
    res.write(event(chunk({ role: 'assistant', content: null, tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'weather', arguments: '' } }] })));
    for (const part of ['{"city":', '"Paris",', '"unit":"°C"}']) res.write(event(chunk({ tool_calls: [{ index: 0, function: { arguments: part } }] })));
    res.write(event(chunk({}, 'tool_calls')));
    res.end(event('[DONE]'));
  },
  /** Repeats every header it got, as a careless provider might in its error. */
  echoHeaders: (status = 400) => ({ req, res }) => json(res, status, { error: { message: `bad request, headers were ${JSON.stringify(req.headers)}`, type: 'invalid_request_error', code: null } }),
};
