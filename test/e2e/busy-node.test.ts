/** A node whose event loop is blocked, seen from another node: it lives, and is told to be busy. */
import type { LogRecord, NodeBusy, NodeReady } from '@trestle/runtime';
import { OsCluster } from '../support/os-cluster';
import { startOsNode, Witness } from '../support/os-node';
import type { OsProcess } from '../support/os-process';
import { GATE } from './programs/gate-node';

const netTickMs = 1_500;
const [busy, without, ending] = ['busy@127.0.0.1', 'without@127.0.0.1', 'ending@127.0.0.1'];

let cluster: OsCluster;
let witness: Witness;
let process: OsProcess;
const pulses = new Map<string, () => void>();

beforeAll(async () => {
  cluster = await OsCluster.start();
  process = await startOsNode(cluster, { name: busy, netTickMs });
  const log = ({ report }: LogRecord): void => {
    if (report?.type === 'connection' && report.event === 'pulse') pulses.get(report.peer ?? '')?.();
  };
  const options = { netTickMs, redial: false, logger: { log }, levels: { default: 'all' } } as const;
  witness = await Witness.start(cluster, 'witness@127.0.0.1', options);
});

afterAll(() => cluster.end());

/** Connects to a node, and waits until it has told where its pulse listens. */
async function connectAndLearnPulse(node: string): Promise<void> {
  const known = new Promise<void>((resolve) => pulses.set(node, resolve));
  await witness.node.connect(node);
  await known;
}

const nextBusy = () => new Promise<NodeBusy>((resolve) => witness.node.events.once('nodeBusy', resolve));
const nextReady = () => new Promise<NodeReady>((resolve) => witness.node.events.once('nodeReady', resolve));

it('blocked for longer than the net tick it stays connected, is told to be busy, and answers when it is ready', async () => {
  const [told, ready] = [nextBusy(), nextReady()];
  await connectAndLearnPulse(busy);
  witness.node.rpc.cast(busy, 'Tools', 'block', [5_000]);
  const late = witness.node.call(GATE.on(busy), { type: 'echo', value: 1 }, { timeoutMs: 60_000 });
  const early = witness.node.call(GATE.on(busy), { type: 'echo', value: 2 }, { timeoutMs: 3_000 });
  await expect(early).rejects.toMatchObject({ code: 'ERR_CALL_TIMEOUT' });
  expect(await told).toMatchObject({ type: 'nodeBusy', node: busy });
  expect((await ready).forMs).toBeGreaterThan((await told).forMs);
  expect(await late).toBe(1);
  expect(witness.lost).toStrictEqual([]);
});

it('blocked, it does not take others for dead that were not heard meanwhile', async () => {
  expect(await witness.node.rpc.call(busy, 'Node', 'list')).toEqual([witness.node.name]);
});

it('stopped in order, its OS process ends: the pulse keeps nothing going', async () => {
  const ended = await startOsNode(cluster, { name: ending, netTickMs, hidden: true });
  await connectAndLearnPulse(ending);
  expect(await witness.node.rpc.call(ending, 'System', 'stop')).toBe('ok');
  expect(await ended.exited).toEqual({ code: 0, signal: null });
});

it('without a pulse it is lost when it is blocked for longer than the net tick', async () => {
  await startOsNode(cluster, { name: without, netTickMs, pulse: false });
  await witness.node.connect(without);
  witness.node.rpc.cast(without, 'Tools', 'block', [5_000]);
  const open = witness.node.call(GATE.on(without), { type: 'echo', value: 1 }, { timeoutMs: 60_000 });
  await expect(open).rejects.toMatchObject({ code: 'ERR_NODEDOWN', node: without });
  expect(witness.lost).toMatchObject([{ node: without, reason: 'netTickTimeout' }]);
});

it('stopped by SIGSTOP, pulse and all, it is lost', async () => {
  witness.lost.length = 0;
  const open = witness.node.call(GATE.on(busy), { type: 'wait' }, { timeoutMs: 60_000 });
  const failed = expect(open).rejects.toMatchObject({ code: 'ERR_NODEDOWN', node: busy });
  expect(await witness.node.call(GATE.on(busy), { type: 'waiting' })).toBe(1);
  process.suspend();
  await failed;
  expect(witness.lost).toMatchObject([{ node: busy, reason: 'netTickTimeout' }]);
  process.resume();
});
