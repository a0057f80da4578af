/** Long messages, and a node that does not read, between OS processes: what the simulated network cannot show. */
import type { Node, Self } from '@trestle/runtime';
import { OsCluster } from '../support/os-cluster';
import { startOsNode, Witness } from '../support/os-node';
import type { OsProcess } from '../support/os-process';
import { partsOf } from '../support/test-node';
import { GATE } from './programs/gate-node';

const [a, b] = ['a@127.0.0.1', 'b@127.0.0.1'];
const mebibyte = 1024 * 1024;

let cluster: OsCluster;
let witness: Witness;
let node: Node;
let processA: OsProcess;

beforeAll(async () => {
  cluster = await OsCluster.start();
  processA = await startOsNode(cluster, { name: a });
  await startOsNode(cluster, { name: b });
  witness = await Witness.start(cluster, 'witness@127.0.0.1', { sendBuffer: { highBytes: mebibyte } });
  ({ node } = witness);
  await Promise.all([node.connect(a), node.connect(b)]);
  await witness.sees(a, b);
});

afterAll(() => cluster.end());

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const waitingBytes = (): number => (partsOf(node).distribution.outflow(a) as any).options.waitingBytes();
const open = (payload: Uint8Array) => ({ type: 'open', payload }) as const;

/** What a process does, when it is done. */
function inProcess<T>(act: (self: Self<any>) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    node.spawn<any>((self) => act(self).then(resolve, reject));
  });
}

it('a message of 100 MB keeps what its sender sends behind it, and nobody else', async () => {
  const done: string[] = [];
  const long = inProcess(async (self) => {
    self.cast(GATE.on(a), open(new Uint8Array(100 * mebibyte)));
    await self.call(GATE.on(a), { type: 'waiting' }, { timeoutMs: Infinity });
    done.push('long');
  });
  await turn();
  for (let n = 0; n < 3; n += 1) {
    await inProcess((self) => self.call(GATE.on(a), { type: 'waiting' }, { timeoutMs: Infinity }));
    done.push('short');
  }
  await long;
  expect(done).toEqual(['short', 'short', 'short', 'long']);
});

it('bytes of 100 MB arrive, and come back, as they were', async () => {
  const value = new Uint8Array(100 * mebibyte).map((_, i) => i * 7 + (i >> 16));
  const back = await node.call(GATE.on(a), { type: 'echo', value }, { timeoutMs: Infinity });
  expect(Buffer.compare(back as Uint8Array, value)).toBe(0);
});

it('a stopped OS process: who waits holds memory in bounds, others go on, and nothing is lost', async () => {
  const payload = new Uint8Array(100_000);
  process.kill(processA.pid, 'SIGSTOP');
  // What the network holds is taken at first; a stopped process takes nothing more.
  for (let busyTurns = 0; busyTurns < 100; await turn()) {
    const outcome = node.cast(GATE.on(a), open(payload), { nosuspend: true });
    busyTurns = outcome === 'nosuspend' ? busyTurns + 1 : 0;
    expect(waitingBytes()).toBeLessThan(mebibyte + 2 * payload.length);
  }
  let sent = 0;
  const senders = Array.from({ length: 100 }, () =>
    inProcess(async (self) => {
      await self.cast(GATE.on(a), open(payload), { suspend: true });
      sent += 1;
    }),
  );
  expect(await node.call(GATE.on(b), { type: 'echo', value: 'alive' })).toBe('alive');
  expect([sent, node.list().toSorted()]).toEqual([0, [a, b]]);
  const behind = node.call(GATE.on(a), { type: 'echo', value: 'behind' }, { timeoutMs: Infinity });
  process.kill(processA.pid, 'SIGCONT');
  expect(await behind).toBe('behind');
  await Promise.all(senders);
  expect(waitingBytes()).toBeLessThan(mebibyte + 2 * payload.length);
  expect(await node.call(GATE.on(a), { type: 'echo', value: 'last' })).toBe('last');
  expect(witness.lost).toStrictEqual([]);
});
