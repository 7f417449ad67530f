// Many requests over connections that are kept open: bytes written and read, with no more of HTTP than that takes.
import net from 'node:net';

const END = Buffer.from('\r\n\r\n');

/** Asks one after the other on a connection of its own; `next` gives a request or nothing, `done` takes status, milliseconds and head. */
function lane({ port, host, pause }, next, done) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, host);
    socket.setNoDelay(true);
    let [kept, began, asked] = [Buffer.alloc(0), 0, false];
    const ask = () => {
      const request = next();
      if (request === undefined) { socket.end(); resolve(); return; }
      began = performance.now();
      asked = true;
      socket.write(request);
    };
    socket.on('connect', ask);
    socket.on('data', (data) => {
      kept = kept.length ? Buffer.concat([kept, data]) : data;
      const head = kept.indexOf(END);
      if (head < 0) return;
      const text = kept.latin1Slice(0, head);
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1]);
      if (!Number.isInteger(length)) { socket.destroy(new Error(`a reply without a length: ${text}`)); return; }
      if (kept.length < head + 4 + length) return;
      const body = kept.subarray(head + 4, head + 4 + length);
      kept = kept.subarray(head + 4 + length);
      asked = false;
      done({ status: Number(text.slice(9, 12)), ms: performance.now() - began, head: text, body });
      if (pause) setTimeout(ask, pause); else ask();
    });
    socket.on('error', reject);
    socket.on('close', () => { if (asked) reject(new Error('a connection was closed under a request')); });
  });
}

/** A POST of JSON as bytes. */
export function post(url, where, body, headers = {}) {
  const json = JSON.stringify(body);
  const lines = Object.entries({ host: new URL(url).host, 'content-type': 'application/json', 'content-length': Buffer.byteLength(json), ...headers });
  return Buffer.from(`POST ${where} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${json}`);
}

/**
 * Sends `request(n)` for n below `count`, `lanes` at a time, or until `stop()` is called, each after `pause` milliseconds without one. A request that is not answered rejects. Resolves to
 * how many were answered, by status, and the slowest answer in milliseconds; `first` is the first answer of a status other than 200.
 */
export function load(url, { count = Infinity, lanes = 64, pause = 0, request }) {
  const { port, hostname: host } = new URL(url);
  const told = { sent: 0, answered: 0, statuses: {}, slowest: 0, first: undefined };
  let stopped = false;
  const next = () => (stopped || told.sent >= count ? undefined : request(told.sent++));
  const done = (it) => {
    told.answered += 1;
    told.statuses[it.status] = (told.statuses[it.status] ?? 0) + 1;
    told.slowest = Math.max(told.slowest, it.ms);
    if (it.status !== 200) told.first ??= `${it.head}\r\n\r\n${it.body}`;
  };
  const all = Promise.all(Array.from({ length: lanes }, () => lane({ port, host, pause }, next, done))).then(() => told);
  // A test that fails first is told of that, not of the connections that its server's end breaks.
  all.catch(() => {});
  return { told, all, async stop() { stopped = true; return all; } };
}
