// A scripted Anthropic: scripts for `startUpstream` that speak the Messages wire format as documented, faults included.

/** A complete message. */
export const message = (content, { reason = 'end_turn', usage = { input_tokens: 12, output_tokens: 7 }, ...extra } = {}) => ({
  id: 'msg_scripted', type: 'message', role: 'assistant', model: 'claude-scripted',
  content: typeof content === 'string' ? [{ type: 'text', text: content }] : content,
  stop_reason: reason, stop_sequence: null, usage, ...extra,
});

const event = (it) => `event: ${it.type}\ndata: ${JSON.stringify(it)}\n\n`;
const pieces = (text) => text.match(/.{1,7}/gsu) ?? [''];

/** The deltas of one block, and what it is when it begins. */
const parts = (block) => {
  switch (block.type) {
    case 'text': return [{ ...block, text: '' }, pieces(block.text).map((text) => ({ type: 'text_delta', text }))];
    case 'thinking': return [
      { type: 'thinking', thinking: '', signature: '' },
      [...pieces(block.thinking).map((thinking) => ({ type: 'thinking_delta', thinking })), { type: 'signature_delta', signature: block.signature }],
    ];
    case 'tool_use': return [
      { ...block, input: {} },
      ['', ...pieces(JSON.stringify(block.input))].map((partial_json) => ({ type: 'input_json_delta', partial_json })),
    ];
    default: return [block, []];
  }
};

/** The events of a message, as documented: a ping among them, usage at both ends. */
export function events({ content, stop_reason, stop_sequence, usage, ...head }) {
  const start = { ...head, content: [], stop_reason: null, stop_sequence: null, usage: { ...usage, output_tokens: 1 } };
  const all = [{ type: 'message_start', message: start }];
  content.forEach((block, index) => {
    const [content_block, deltas] = parts(block);
    all.push({ type: 'content_block_start', index, content_block });
    if (index === 0) all.push({ type: 'ping' });
    for (const delta of deltas) all.push({ type: 'content_block_delta', index, delta });
    all.push({ type: 'content_block_stop', index });
  });
  all.push({ type: 'message_delta', delta: { stop_reason, stop_sequence }, usage: { output_tokens: usage.output_tokens } });
  all.push({ type: 'message_stop' });
  return all.map(event);
}

const json = (res, status, body, headers = {}) => {
  const text = JSON.stringify(body);
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), 'request-id': 'req_scripted', ...headers });
  res.end(text);
};
const sse = (res) => res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'request-id': 'req_scripted' });
const failure = (type, text) => ({ type: 'error', error: { type, message: text }, request_id: 'req_scripted' });

/** Ready-made behaviours. */
export const claude = {
  /** Answers plain or streamed, as asked. */
  says: (content, options) => ({ req, res }) => {
    const whole = message(content, options);
    if (!req.json?.stream) return json(res, 200, whole);
    sse(res);
    for (const it of events(whole)) res.write(it);
    res.end();
  },
  calls: (...calls) => claude.says(calls.map(([id, name, input]) => ({ type: 'tool_use', id, name, input })), { reason: 'tool_use' }),
  counts: (input_tokens) => ({ res }) => json(res, 200, { input_tokens }),
  fails: (status, type, text, headers) => ({ res }) => json(res, status, failure(type, text), headers),
  /** Begins well, then reports an error in the stream. */
  failsInStream: (text, type, why) => ({ res }) => {
    sse(res);
    for (const it of events(message(text)).slice(0, -3)) res.write(it);
    res.end(event(failure(type, why)));
  },
  /** Ends before it says why it stopped. */
  cutOff: (text) => ({ res }) => { sse(res); for (const it of events(message(text)).slice(0, -3)) res.write(it); res.end(); },
};

const part = (it) => ({ responseId: 'gemini-scripted', modelVersion: 'gemini-scripted', ...it });
const counted = { promptTokenCount: 20, candidatesTokenCount: 5, totalTokenCount: 25 };

/** A scripted Gemini: its parts in one candidate, plain or streamed, as asked. */
export const gemini = (...content) => ({ req, res }) => {
  const last = part({ candidates: [{ content: { role: 'model', parts: content }, finishReason: 'STOP', index: 0 }], usageMetadata: counted });
  if (!req.url.includes('streamGenerateContent')) return json(res, 200, last);
  sse(res);
  for (const it of content.slice(0, -1)) {
    res.write(`data: ${JSON.stringify(part({ candidates: [{ content: { role: 'model', parts: [it] }, index: 0 }] }))}\r\n\r\n`);
  }
  last.candidates[0].content.parts = content.slice(-1);
  res.end(`data: ${JSON.stringify(last)}\r\n\r\n`);
};
