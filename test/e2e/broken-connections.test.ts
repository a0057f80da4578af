/** What real networks and operating systems do to a connection, as a node sees it that dialled through a proxy. */
import type { Node, ServerPid } from '@trestle/runtime';
import { freePort } from '../support/free-port';
import { OsCluster } from '../support/os-cluster';
import { startOsNode, Witness } from '../support/os-node';
import type { OsProcess } from '../support/os-process';
import { TcpProxy } from '../support/tcp-proxy';
import { GATE, type Gate } from './programs/gate-node';

const [a, b] = ['a@127.0.0.1', 'b@127.0.0.1'];
const redial = { minMs: 20, maxMs: 200 };

let cluster: OsCluster;
let proxy: TcpProxy;
let node: Node;
let process: OsProcess;
let startB: () => Promise<OsProcess>;
/** What the witness has heard: `up`, or `down` and why. */
let heard: string[];

/** Has the witness connect to b through the proxy. */
async function begin({ netTickMs = 1_000 } = {}): Promise<void> {
  cluster = await OsCluster.start();
  const [portA, portB] = [await freePort(), await freePort()];
  startB = () => startOsNode(cluster, { name: b, port: portB, redial: false }, { [a]: portA });
  process = await startB();
  proxy = await TcpProxy.start(portB);
  const resolve = () => ({ host: '127.0.0.1', port: proxy.port });
  ({ node } = await Witness.start(cluster, a, { port: portA, netTickMs, redial, resolve }));
  heard = [];
  node.events
    .on('nodeup', () => heard.push('up'))
    .on('nodedown', ({ reason }) => heard.push(`down ${reason}`));
  expect(await node.connect(b)).toBe(true);
}

afterEach(async () => {
  await cluster.end();
  await proxy.stop();
});

const next = (event: 'nodeup' | 'nodedown'): Promise<unknown> =>
  new Promise((resolve) => node.events.once(event, resolve));

/** Lets a call wait at b. @returns how it ends, in an object: a promise of a promise would be waited for at once */
async function openCall(): Promise<{ readonly end: Promise<unknown> }> {
  const call = node.call(GATE.on(b), { type: 'wait' }, { timeoutMs: Infinity });
  const end = call.catch((error: unknown) => (error as { code: string }).code);
  expect(await node.call(GATE.on(b), { type: 'waiting' })).toBe(1);
  return { end };
}

/** Both are there for each other, over one connection. */
async function expectOneConnection(): Promise<void> {
  expect(await node.call(GATE.on(b), { type: 'echo', value: 'here' })).toBe('here');
  expect(node.list()).toEqual([b]);
  expect(await node.rpc.call(b, 'Node', 'list')).toEqual([a]);
}

it('a connection that is reset is lost at once on both sides, and made again by itself', async () => {
  await begin();
  const { end } = await openCall();
  const up = next('nodedown').then(() => next('nodeup'));
  proxy.reset();
  expect(await end).toBe('ERR_NODEDOWN');
  await up;
  await expectOneConnection();
  expect(heard.map((event) => event.split(' ')[0])).toEqual(['up', 'down', 'up']);
  expect([proxy.taken, proxy.open]).toEqual([2, 1]);
});

it('a half-open connection is lost by its silence; what was under way in it reaches nobody any more', async () => {
  await begin();
  const { end } = await openCall();
  const answers: unknown[] = [];
  const up = next('nodedown').then(() => next('nodeup'));
  proxy.hold();
  // The request may wait in the proxy, or at the node that has not noticed anything.
  node.call(GATE.on(b), { type: 'echo', value: 'late' }, { timeoutMs: Infinity }).then(
    (answer) => answers.push(answer),
    (error: unknown) => answers.push((error as { code: string }).code),
  );
  expect(await end).toBe('ERR_NODEDOWN');
  await up;
  expect(heard).toEqual(['up', 'down netTickTimeout', 'up']);
  proxy.release();
  await expectOneConnection();
  expect(answers).toEqual(['ERR_NODEDOWN']);
  expect(heard).toEqual(['up', 'down netTickTimeout', 'up']);
});

it('a node that is killed and comes back unnoticed, and dials, is a new one: nodedown, then nodeup', async () => {
  await begin({ netTickMs: 60_000 });
  const old = (await node.rpc.call(b, 'Tools', 'gate')) as ServerPid<Gate>;
  proxy.hold();
  await process.signal('SIGKILL');
  const up = next('nodeup');
  (await startB()).write(`connect ${a}\n`);
  await up;
  expect(heard).toEqual(['up', 'down restarted', 'up']);
  await expectOneConnection();
  await expect(node.call(old, { type: 'echo', value: 1 })).rejects.toMatchObject({ code: 'ERR_NOPROC' });
  proxy.release();
  await expectOneConnection();
  expect(heard).toEqual(['up', 'down restarted', 'up']);
});

it('a node that was killed is found by itself when it runs again', async () => {
  await begin();
  const down = next('nodedown');
  await process.signal('SIGKILL');
  await down;
  const up = next('nodeup');
  await startB();
  await up;
  await expectOneConnection();
  expect(heard.map((event) => event.split(' ')[0])).toEqual(['up', 'down', 'up']);
});

it('a node that is stopped by SIGSTOP is lost by its silence, and back by itself after SIGCONT', async () => {
  await begin();
  const { end } = await openCall();
  process.suspend();
  expect(await end).toBe('ERR_NODEDOWN');
  const up = next('nodeup');
  process.resume();
  await up;
  await expectOneConnection();
  expect(heard).toEqual(['up', 'down netTickTimeout', 'up']);
});
