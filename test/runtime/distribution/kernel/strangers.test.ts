import { once } from 'node:events';
import { connect, type Socket as Stream } from 'node:net';
import type { Node } from '@trestle/runtime';
import { WebSocket } from 'ws';
import { freePort } from '../../../support/free-port';
import { logOf, startTestNode } from '../../../support/test-node';

const host = '127.0.0.1';
/** What a stranger says first. */
const upgrade = [
  'GET / HTTP/1.1',
  'Host: x',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Protocol: trestle.1',
  '\r\n',
].join('\r\n');

let node: Node;
let port: number;
let mapperPort: number;
let strangers: Stream[] = [];

beforeEach(async () => {
  mapperPort = await freePort();
  port = await freePort();
  strangers = [];
  // Nothing here waits for so long, unless it says so.
  node = await start(60_000);
});
afterEach(() => {
  for (const stream of strangers) stream.destroy();
});

function start(handshakeTimeoutMs: number): Promise<Node> {
  const limits = { maxUnauthenticated: 8, maxUnauthenticatedPerAddress: 4, handshakeTimeoutMs };
  return startTestNode({ name: 'a@127.0.0.1', cookie: 'of this test', port, mapperPort, limits });
}

async function restart(handshakeTimeoutMs: number): Promise<void> {
  await node.stop();
  node = await start(handshakeTimeoutMs);
}

/** Opens a connection from an address of this machine, and says something. */
async function stranger(words = '', localAddress = '127.0.0.1'): Promise<Stream> {
  const stream = connect({ port, host, localAddress });
  strangers.push(stream);
  stream.on('error', () => {});
  await once(stream, 'connect');
  if (words !== '') stream.write(words);
  return stream;
}

async function peerGetsIn(): Promise<void> {
  const peer = await startTestNode({ name: 'b@127.0.0.1', cookie: 'of this test', mapperPort });
  expect(await peer.connect(node.name)).toBe(true);
  await peer.stop();
}

const closed = (stream: Stream): Promise<unknown> => once(stream.resume(), 'close');
const refusals = (): string[] =>
  logOf(node)
    .filter(({ level }) => level === 'warning')
    .map(({ text }) => text);

describe.each<[string, string]>([
  ['say nothing', ''],
  ['send a request and never end it', 'GET / HTTP/1.1\r\nX-Slow: '],
  ['begin as nodes do and never shake hands', upgrade],
])('strangers that %s', (_what, words) => {
  it('keep no peer out, though they come from its address and fill the door', async () => {
    for (let n = 0; n < 12; n++) await stranger(words);
    await peerGetsIn();
  });

  it('keep no peer out when they come from many addresses', async () => {
    for (let n = 0; n < 12; n++) await stranger(words, `127.0.1.${String(n + 1)}`);
    await peerGetsIn();
  });

  it('are sent away when their time is up', async () => {
    await restart(500);
    await closed(await stranger(words));
    await peerGetsIn();
  });
});

it('a stranger that sends its request byte by byte is sent away when its time is up', async () => {
  await restart(500);
  const slow = await stranger();
  const bytes = [...upgrade];
  const drip = setInterval(() => slow.write(bytes.shift() ?? 'x'), 50);
  await closed(slow);
  clearInterval(drip);
  await peerGetsIn();
});

it('a stranger that half closes its connection leaves none behind', async () => {
  const stream = await stranger(upgrade);
  await once(stream, 'data');
  stream.end();
  await closed(stream);
  await peerGetsIn();
});

it.each([
  ['random bytes', '\x00\xff\x13 garbage\r\n\r\n'],
  ['a request for a page', 'GET /etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n'],
  [
    'a form without an end',
    `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(9_999)}`,
  ],
  ['a header without an end', `GET / HTTP/1.1\r\nX-Long: ${'x'.repeat(40_000)}`],
  ['a tunnel', 'CONNECT other:80 HTTP/1.1\r\nHost: x\r\n\r\n'],
  [
    'an upgrade to something else',
    'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n',
  ],
  ['an upgrade that is none', upgrade.replace('Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', 'X: y')],
])('a stranger that sends %s is sent away at once', async (_what, words) => {
  await closed(await stranger(words));
  await peerGetsIn();
});

it('a stranger that sends more than a handshake needs is sent away, before it has filled any memory', async () => {
  const ws = new WebSocket(`ws://${host}:${String(port)}`, 'trestle.1');
  ws.on('error', () => {});
  await once(ws, 'open');
  ws.send(Buffer.alloc(1024 * 1024));
  await once(ws, 'close');
  await peerGetsIn();
});

/** Strangers that are refused, one after another. */
async function flood(times: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    const ws = new WebSocket(`ws://${host}:${String(port)}`, 'trestle.1');
    ws.on('error', () => {});
    await once(ws, 'open');
    ws.send('{"type":"nonsense"}');
    await once(ws, 'close');
  }
}

it('strangers do not fill the log', async () => {
  await flood(60);
  expect(refusals()).toHaveLength(20);
  await node.stop();
  expect(refusals()).toHaveLength(21);
  expect(refusals().at(-1)).toMatch(
    /^40 more were refused, the last of them 127\.0\.0\.1:\d+: the other side is no node$/,
  );
});

it('strangers of one address push out the oldest of their own', async () => {
  const first = await stranger();
  const closed = once(first, 'close');
  first.resume();
  for (let n = 0; n < 4; n++) await stranger();
  await peerGetsIn();
  expect(refusals().filter((line) => line.includes('too many of its address'))).not.toStrictEqual([]);
  await closed;
});

it('a stranger that hangs up is not logged as refused', async () => {
  const ws = new WebSocket(`ws://${host}:${String(port)}`, 'trestle.1');
  await once(ws, 'open');
  ws.terminate();
  await once(ws, 'close');
  await peerGetsIn();
  await node.stop();
  expect(refusals()).toStrictEqual([]);
});

it('strangers do not hide a node with a wrong cookie in the log', async () => {
  await flood(30);
  const wrong = await startTestNode({ name: 'b@127.0.0.1', cookie: 'another', mapperPort });
  expect(await wrong.connect(node.name)).toBe(false);
  expect(refusals()).toHaveLength(20 + 1);
  expect(refusals().at(-1)).toMatch(/ was refused: b@127\.0\.0\.1 has another cookie$/);
});
