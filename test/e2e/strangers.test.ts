/** What is no node of the cluster knocks at the door of one; two good nodes talk all the while. */
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { freePort } from '../support/free-port';
import { OsCluster } from '../support/os-cluster';
import { startOsNode, Witness } from '../support/os-node';
import type { OsProcess } from '../support/os-process';
import { GATE } from './programs/gate-node';

const host = '127.0.0.1';
const [a, b] = ['a@127.0.0.1', 'b@127.0.0.1'];
const limits = { handshakeTimeoutMs: 250, maxFrameBytes: 64 * 1024, maxUnauthenticated: 4 };

let cluster: OsCluster;
let port: number;
let processA: OsProcess;
let processB: OsProcess;
let witness: Witness;

beforeAll(async () => {
  cluster = await OsCluster.start();
  port = await freePort();
  [processA, processB] = await Promise.all([
    startOsNode(cluster, { name: a, port, limits }),
    startOsNode(cluster, { name: b }),
  ]);
  witness = await Witness.start(cluster, 'witness@127.0.0.1');
  await witness.node.connect(a);
  await witness.node.rpc.call(a, 'Node', 'connect', [b]);
  await witness.sees(a, b);
});

afterAll(() => cluster.end());

/** Lets a call wait on node a while `act` happens, which must harm neither the call nor a connection of the witness. */
async function whileCalling(act: () => Promise<void>): Promise<void> {
  const lostBefore = witness.lost.length;
  const answer = witness.node.call(GATE.on(a), { type: 'wait' }, { timeoutMs: Infinity });
  expect(await witness.node.call(GATE.on(a), { type: 'waiting' })).toBe(1);
  await act().finally(() => {
    witness.node.cast(GATE.on(a), { type: 'open' });
  });
  expect(await answer).toBe('open');
  expect(await witness.node.rpc.call(a, 'Node', 'list')).toEqual(expect.arrayContaining([b]));
  expect(witness.lost.slice(lostBefore)).toStrictEqual([]);
}

function openSocket(): Promise<Socket> {
  // One that is turned away may hear of it as an error, at any time.
  const socket = connect({ host, port }).on('error', () => {});
  return new Promise((resolve) => {
    for (const event of ['connect', 'close']) socket.once(event, () => resolve(socket));
  });
}

/** Asks for `/` over HTTP. */
async function get(): Promise<IncomingMessage> {
  const [response] = (await once(request({ host, port }).end(), 'response')) as [IncomingMessage];
  return response;
}

/** Everything a socket receives until it is closed. */
async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (bytes) => (text += bytes.toString('latin1')));
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
  return text;
}

it('a node with another cookie: pang, both sides say why, and the others stay connected', async () => {
  const stranger = await Witness.start(cluster, 'stranger@127.0.0.1', { cookie: 'another cookie' });
  await whileCalling(async () => {
    expect(await stranger.node.ping(a)).toBe('pang');
  });
  await processA.logs(/\[warning\] 127\.0\.0\.1:\d+ was refused: stranger@127\.0\.0\.1 has another cookie$/m);
  expect(stranger.log.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^no connection to node a@127\.0\.0\.1: .*cookie/),
  ]);
  expect(processA.stderr).not.toContain(cluster.cookie);

  // The other way round it is the stranger who refuses.
  const { log } = witness;
  expect(await witness.node.ping('stranger@127.0.0.1')).toBe('pang');
  expect(log.at(-1)!.text).toMatch(/^no connection to node stranger@127\.0\.0\.1: .*cookie/);
  expect(stranger.log.at(-1)!.text).toMatch(/was refused: witness@127\.0\.0\.1 has another cookie$/);
  await stranger.stop();
});

it('another version of the protocol: each side is told which one the other speaks', async () => {
  await whileCalling(async () => {
    const socket = new WebSocket(`ws://${host}:${port}/`, 'trestle.99');
    const [, response] = await once(socket, 'unexpected-response');
    expect([response.statusCode, response.headers['x-trestle-protocol']]).toEqual([400, 'trestle.1']);
    socket.on('error', () => {}).terminate();
  });
  await whileCalling(async () => {
    const socket = new WebSocket(`ws://${host}:${port}/`, 'trestle.1');
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'hello', protocol: 'trestle', version: 99 }));
    const [answer] = await once(socket, 'message');
    expect(JSON.parse(String(answer))).toEqual({ type: 'refused', why: 'version', version: 1 });
    await once(socket, 'close');
  });
  await processA.logs(/was refused: the other side speaks version 99 of the protocol, this node 1$/m);
});

it('an HTTP client is told in words what listens there', async () => {
  await whileCalling(async () => {
    const response = await get();
    expect(response.statusCode).toBe(426);
    let text = '';
    for await (const chunk of response) text += String(chunk);
    expect(text).toBe('This is a node of a Trestle cluster: it speaks trestle.1 over WebSocket.\n');
  });
});

it('random bytes are answered with 400 and hung up on', async () => {
  await whileCalling(async () => {
    const socket = await openSocket();
    socket.write(Buffer.from(Array.from({ length: 4_096 }, (_, i) => (i * 167 + 13) % 256)));
    expect(await readAll(socket)).toMatch(/^(HTTP\/1\.1 400 Bad Request|$)/);
  });
});

it('random bytes as a handshake: that connection is closed, and the log says so', async () => {
  await whileCalling(async () => {
    const socket = new WebSocket(`ws://${host}:${port}/`, 'trestle.1');
    await once(socket, 'open');
    socket.send(Buffer.from([0x83, 0xff, 0x00, 0x9f]));
    await once(socket, 'close');
  });
  await processA.logs(/was refused: the peer sent bytes before the handshake was done$/m);
});

it('who connects and says nothing is dropped after the handshake timeout, as a socket and as a WebSocket', async () => {
  await whileCalling(async () => {
    const [silent, upgraded] = [await openSocket(), new WebSocket(`ws://${host}:${port}/`, 'trestle.1')];
    await Promise.all([readAll(silent), once(upgraded, 'close')]);
  });
  await processA.logs(/was refused: the other side did not answer in time$/m);
});

it('strangers over the limit are turned away at once, and leave room again when they go', async () => {
  await whileCalling(async () => {
    const sockets = await Promise.all(Array.from({ length: limits.maxUnauthenticated + 1 }, openSocket));
    await Promise.race(sockets.map(readAll));
    for (const socket of sockets) socket.destroy();
    // It may be asked before it has seen them go.
    let response: IncomingMessage | undefined;
    while (response === undefined) response = await get().catch(() => undefined);
    expect(response.resume().statusCode).toBe(426);
  });
});

it('a frame over the limit of its receiver closes that one connection; the next use makes a new one', async () => {
  const { rpc } = witness.node;
  const loud = await Witness.start(cluster, 'loud@127.0.0.1', { hidden: true });
  await whileCalling(async () => {
    const answer = loud.node.call(GATE.on(a), { type: 'echo', value: 'x'.repeat(limits.maxFrameBytes + 1) });
    await expect(answer).rejects.toMatchObject({ code: 'ERR_NODEDOWN', node: a });
    expect(await loud.node.call(GATE.on(a), { type: 'echo', value: 'a small one' })).toBe('a small one');
    expect(await rpc.call(a, 'Node', 'list', ['hidden'])).toEqual(['loud@127.0.0.1']);
  });
  await processA.logs(
    /\[warning\] the connection to node loud@127\.0\.0\.1 at \S+ is closed: bad frame: a signal of \d+ bytes/,
  );
  await loud.stop();
});

it('after all that the two nodes are still the same, and connected', async () => {
  expect(await witness.node.rpc.call(a, 'System', 'pid')).toBe(processA.pid);
  expect(await witness.node.rpc.call(b, 'System', 'pid')).toBe(processB.pid);
  expect(await witness.node.rpc.call(b, 'Node', 'list')).toEqual(expect.arrayContaining([a]));
});
