/** How nodes come and go, seen from another node: a witness in the process of the test. */
import { join } from 'node:path';
import type { Address, Pid, ServerPid } from '@trestle/runtime';
import { OsCluster } from '../support/os-cluster';
import { startOsNode, Witness } from '../support/os-node';
import type { OsProcess } from '../support/os-process';
import { GATE, type Gate } from './programs/gate-node';

const [a, b, c] = ['a@127.0.0.1', 'b@127.0.0.1', 'c@127.0.0.1'];

let cluster: OsCluster;
let witness: Witness;
let processA: OsProcess;
let processC: OsProcess;

beforeAll(async () => {
  cluster = await OsCluster.start();
  // The first node of the host has the port mapper in it.
  processA = await startOsNode(cluster, { name: a });
  await startOsNode(cluster, { name: b });
  witness = await Witness.start(cluster, 'witness@127.0.0.1');
  await witness.node.connect(b);
});

afterAll(() => cluster.end());

/** Why a process is gone, when it is: by a monitor of the witness. */
function downOf(target: Address): Promise<unknown> {
  return new Promise((resolve) => {
    witness.node.spawn(async (self) => {
      self.monitor(target);
      resolve((await self.receive('DOWN')).reason);
    });
  });
}

/** Why a process that is linked to another ends, when it does. */
function endOfLinked(pid: Pid): Promise<unknown> {
  return new Promise((resolve) => {
    witness.node.spawn(async (self) => {
      self.trapExit(true);
      self.link(pid);
      resolve((await self.receive('EXIT')).reason);
    });
  });
}

/** The pid of the gate of a node. */
async function gateOf(node: string): Promise<ServerPid<Gate>> {
  return (await witness.node.rpc.call(node, 'Tools', 'gate')) as ServerPid<Gate>;
}

it('kill -9: calls fail at once, monitors and links hear noconnection, then comes nodedown', async () => {
  await witness.node.connect(a);
  const order: string[] = [];
  witness.node.events.once('nodedown', ({ node }) => order.push(`nodedown ${node}`));
  const tell = (what: string) => (reason: unknown) => void order.push(`${what} ${String(reason)}`);
  const heard = [downOf(GATE.on(a)).then(tell('DOWN')), endOfLinked(await gateOf(a)).then(tell('EXIT'))];
  const open = witness.node.call(GATE.on(a), { type: 'wait' }, { timeoutMs: Infinity });
  const failed = expect(open).rejects.toMatchObject({ code: 'ERR_NODEDOWN', node: a });
  expect(await witness.node.call(GATE.on(a), { type: 'waiting' })).toBe(1);
  await processA.signal('SIGKILL');
  await Promise.all([...heard, failed, witness.sees(b)]);
  expect(order.toSorted()).toEqual(['DOWN noconnection', 'EXIT noconnection', `nodedown ${a}`]);
});

it('the port mapper was in the node that died: another has taken its place, and the names are known', async () => {
  const names = cluster.trestle(['names']);
  await names.exited;
  expect(names.stdout).toMatch(/^name b at port \d+\nname witness at port \d+$/m);
  processC = await startOsNode(cluster, { name: c });
  expect(await witness.node.ping(c)).toBe('pong');
});

it('a node that restarts under its name is a new one: its old pids are dead, and reach nobody', async () => {
  const old = await gateOf(c);
  expect(await witness.node.call(old, { type: 'echo', value: 1 })).toBe(1);
  const down = downOf(old);
  await processC.signal('SIGKILL');
  expect(await down).toBe('noconnection');
  await startOsNode(cluster, { name: c });

  expect(await witness.node.ping(c)).toBe('pong');
  const renewed = await gateOf(c);
  expect(renewed).not.toBe(old);
  const request = { type: 'echo', value: 2 } as const;
  await expect(witness.node.call(old, request)).rejects.toMatchObject({ code: 'ERR_NOPROC' });
  expect(await downOf(old)).toBe('noproc');
  expect(await witness.node.call(renewed, request)).toBe(2);
});

it('a hidden node is on no list but that of the hidden, joins no mesh, and still calls and is called', async () => {
  const hidden = 'hidden@127.0.0.1';
  const process = await startOsNode(cluster, { name: hidden, hidden: true });
  const lostBefore = witness.lost.length;
  expect(await witness.node.call(GATE.on(hidden), { type: 'echo', value: 3 })).toBe(3);
  expect(witness.node.list()).not.toContain(hidden);
  expect(witness.node.list('hidden')).toEqual([hidden]);
  expect(await witness.node.rpc.call(hidden, 'Node', 'list', ['hidden'])).toEqual([witness.node.name]);
  const down = downOf(GATE.on(hidden));
  await process.signal('SIGKILL');
  expect(await down).toBe('noconnection');
  expect(witness.lost.slice(lostBefore)).toStrictEqual([]);
});

it('after disconnect the next use connects again', async () => {
  const lost = new Promise((resolve) => witness.node.events.once('nodedown', resolve));
  expect(await witness.node.disconnect(b)).toBe(true);
  expect(await lost).toMatchObject({ node: b, reason: 'disconnect' });
  expect(witness.node.list()).not.toContain(b);
  const up = new Promise((resolve) => witness.node.events.once('nodeup', resolve));
  expect(await witness.node.call(GATE.on(b), { type: 'echo', value: 4 })).toBe(4);
  expect(await up).toMatchObject({ node: b });
});

it('a node that hangs is lost by its missing ticks, and found again when it goes on', async () => {
  const [hung, watcher] = ['hung@127.0.0.1', 'watcher@127.0.0.1'];
  const process = await startOsNode(cluster, { name: hung, hidden: true });
  const { node } = await Witness.start(cluster, watcher, { netTickMs: 200, hidden: true });
  const open = node.call(GATE.on(hung), { type: 'wait' }, { timeoutMs: Infinity });
  const lost = expect(open).rejects.toMatchObject({ code: 'ERR_NODEDOWN', node: hung });
  expect(await node.call(GATE.on(hung), { type: 'waiting' })).toBe(1);
  process.suspend();
  await lost;
  expect(node.list('hidden')).toStrictEqual([]);
  process.resume();
  expect(await node.call(GATE.on(hung), { type: 'echo', value: 5 })).toBe(5);
});

it('a node that nobody started: pang, calls fail at once with its name, monitors hear noconnection', async () => {
  const nobody = 'nobody@127.0.0.1';
  expect(await witness.node.ping(nobody)).toBe('pang');
  const call = witness.node.call(GATE.on(nobody), { type: 'wait' }, { timeoutMs: Infinity });
  await expect(call).rejects.toMatchObject({ code: 'ERR_NODEDOWN', node: nobody });
  expect(await downOf(GATE.on(nobody))).toBe('noconnection');
});

describe('what a program runs on a node', () => {
  const tree = 'tree@127.0.0.1';
  const arguments_ = ['run', join(__dirname, 'programs/tree.ts'), '--name', tree];
  const inOrder = /^start first\nstart second\nstart third\nstop third\nstop second\nstop first\n$/;

  it('stops in order, children last to first, when System.stop is called by rpc', async () => {
    const program = cluster.trestle(arguments_);
    await program.prints(/start third/);
    const down = downOf({ name: 'second', node: tree });
    expect(await witness.node.rpc.call(tree, 'System', 'stop')).toBe('ok');
    expect(await program.exited).toEqual({ code: 0, signal: null });
    expect(program.stdout).toMatch(inOrder);
    expect(await down).toMatch(/^(shutdown|noconnection)$/);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('stops in order on %s', async (signal) => {
    const program = cluster.trestle(arguments_);
    await program.prints(/start third/);
    await program.signal(signal);
    expect(program.stdout).toMatch(inOrder);
    expect(await witness.node.ping(tree)).toBe('pang');
  });
});
