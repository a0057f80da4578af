import {
  BadArgumentError,
  GenServer,
  localName,
  noReply,
  startNode,
  type CallResult,
  type From,
  type Node,
} from '@trestle/runtime';
import { DrainHolds } from '@trestle/runtime/internal';
import { Simulation } from '@trestle/runtime/testing';
import { partsOf } from '../../../support/test-node';

/** Keeps its callers waiting until it is told to answer. */
class Slow extends GenServer<any, any> {
  private waiting: From[] = [];
  override handleCall(_request: any, from: From): CallResult {
    this.waiting.push(from);
    return noReply();
  }
  override handleCast(value: unknown): void {
    for (const from of this.waiting.splice(0)) from.reply(value);
  }
}
const SLOW = localName<Slow>('slow');

let sim: Simulation;
let a: Node;
let b: Node;
let c: Node;

beforeEach(async () => {
  sim = new Simulation({ seed: 21 });
  const setUp = (node: Node): unknown => node.start(Slow, { name: SLOW });
  [a, b, c] = (await sim.startNodes(['a', 'b', 'c'], { setUp })) as [Node, Node, Node];
});
afterEach(() => sim.stop());

/** What a node hears of another. */
function heardBy(node: Node): unknown[] {
  const heard: unknown[] = [];
  for (const event of ['nodeup', 'nodeleaving', 'nodedown'] as const) {
    node.events.on(event, (message) => void heard.push({ ...message, left: node.list('leaving') }));
  }
  return heard;
}

const typesOf = (probe: { messages(): unknown[] }): unknown[] =>
  probe.messages().map((message) => (message as { readonly type: string }).type);

/** Whether a promise has settled by now. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  const note = (): void => void (isSettled = true);
  promise.then(note, note);
  await sim.settle();
  return isSettled;
}

describe('a node that drains', () => {
  it('is told of as leaving, then lost with the reason left, and dialled by nobody', async () => {
    const heard = heardBy(b);
    expect(await sim.until(a.drain())).toBe(true);
    await sim.advance(600_000);
    expect(heard).toEqual([
      { type: 'nodeleaving', node: 'a@sim', left: ['a@sim'] },
      { type: 'nodedown', node: 'a@sim', reason: 'left', left: [] },
    ]);
    expect([a.list(), b.list(), c.list()]).toEqual([[], ['c@sim'], ['b@sim']]);
  });

  it('goes when the calls to it and from it are answered, and not before', async () => {
    const toIt = b.call(SLOW.on('a@sim'), 'x', { timeoutMs: Infinity });
    const fromIt = a.call(SLOW.on('c@sim'), 'x', { timeoutMs: Infinity });
    await sim.advance(100);
    const drain = a.drain();
    await sim.advance(10_000);
    a.cast(SLOW, 'answer');
    expect(await sim.until(toIt)).toBe('answer');
    await sim.advance(1_000);
    expect(await settled(drain)).toBe(false);
    c.cast(SLOW, 'answer');
    expect(await sim.until(fromIt)).toBe('answer');
    expect(await sim.until(drain)).toBe(true);
  });

  it('answers a call that was made before its maker could know', async () => {
    sim.network.setLatency(b, a, 5_000, { oneWay: true });
    const late = b.call(SLOW.on('a@sim'), 'x', { timeoutMs: Infinity });
    const drain = a.drain();
    await sim.advance(4_000);
    expect(await settled(drain)).toBe(false);
    await sim.advance(2_000);
    a.cast(SLOW, 'answer');
    expect(await sim.until(late)).toBe('answer');
    expect(await sim.until(drain)).toBe(true);
  });

  it('goes when its time is over: what is not answered fails, and may have been handled', async () => {
    const call = b.call(SLOW.on('a@sim'), 'x', { timeoutMs: Infinity });
    const failed = call.catch((error: unknown) => (error as { code: string }).code);
    await sim.advance(100);
    const began = sim.clock.now();
    expect(await sim.until(a.drain({ timeoutMs: 3_000 }))).toBe(false);
    expect(Math.round(sim.clock.now() - began)).toBe(3_000);
    expect(await sim.until(failed)).toBe('ERR_NODEDOWN');
  });

  it('waits for what holds it on the node, and no longer than its time', async () => {
    const holds = partsOf(a).attachments.get(DrainHolds);
    let isBusy = true;
    const release = holds.add('work', () => isBusy);
    const drain = a.drain();
    await sim.advance(10_000);
    expect(await settled(drain)).toBe(false);
    isBusy = false;
    expect(await sim.until(drain)).toBe(true);
    release();
    partsOf(b)
      .attachments.get(DrainHolds)
      .add('work', () => true);
    expect(await sim.until(b.drain({ timeoutMs: 1_000 }))).toBe(false);
  });

  it('tells a node once that was about to connect', async () => {
    const d = await sim.start('d');
    const heard = heardBy(d);
    sim.network.setLatency(a, d, 1_000);
    void a.call(SLOW.on('c@sim'), 'x', { timeoutMs: Infinity }).catch(() => undefined);
    const connecting = a.connect('d@sim');
    await sim.advance(100);
    const drain = a.drain({ timeoutMs: 20_000 });
    expect(await sim.until(connecting)).toBe(true);
    expect(await sim.until(drain)).toBe(false);
    await sim.advance(10_000);
    const types = heard.filter((one: any) => one.node === 'a@sim').map((one: any) => one.type as string);
    expect(types).toEqual(['nodeup', 'nodeleaving', 'nodedown']);
  });

  it('goes in time though a node does not answer at all', async () => {
    sim.pause(b);
    expect(await sim.until(a.drain({ timeoutMs: 3_000 }))).toBe(false);
    expect(a.list()).toStrictEqual([]);
    sim.resume(b);
    await sim.advance(100);
    expect(b.list()).toEqual(['c@sim']);
  });

  it('is not kept by a node that is lost meanwhile', async () => {
    void b.call(SLOW.on('a@sim'), 'x', { timeoutMs: Infinity }).catch(() => undefined);
    await sim.advance(100);
    const drain = a.drain();
    await sim.advance(100);
    await sim.crash(b);
    expect(await sim.until(drain)).toBe(true);
  });

  it('connects to nobody any more, and takes nobody in', async () => {
    await sim.until(a.drain());
    await sim.advance(100);
    expect(await sim.until(a.connect('b@sim'))).toBe(false);
    expect(await sim.until(b.connect('a@sim'))).toBe(false);
    expect(await sim.until(b.ping('a@sim'))).toBe('pang');
  });

  it.each([
    ['sooner', { timeoutMs: 500 }, 1_500],
    ['later', { timeoutMs: 60_000 }, 3_000],
    ['sometime', {}, 3_000],
  ])(
    'is drained a second time to be gone %s: the sooner end counts for both',
    async (_when, second, gone) => {
      void b.call(SLOW.on('a@sim'), 'x', { timeoutMs: Infinity }).catch(() => undefined);
      await sim.advance(100);
      const began = sim.clock.now();
      const drains = [a.drain({ timeoutMs: 3_000 })];
      await sim.advance(1_000);
      drains.push(a.drain(second));
      expect(await sim.until(Promise.all(drains))).toEqual([false, false]);
      expect(Math.round(sim.clock.now() - began)).toBe(gone);
      expect(await sim.until(a.drain({ timeoutMs: 1 }))).toBe(false);
    },
  );

  it('drains once, however often it is asked, and can be stopped meanwhile', async () => {
    void b.call(SLOW.on('a@sim'), 'x', { timeoutMs: Infinity }).catch(() => undefined);
    await sim.advance(100);
    const drains = [a.drain(), a.drain()];
    await sim.advance(100);
    await sim.stopNode(a);
    expect(await Promise.all(drains)).toEqual([false, false]);
  });

  it('can come back in a new life', async () => {
    const heard = heardBy(b);
    await sim.until(a.drain());
    await sim.stopNode(a);
    a = await sim.restart('a');
    expect(await sim.until(a.connect('b@sim'))).toBe(true);
    expect(heard.at(-1)).toMatchObject({ type: 'nodeup', node: 'a@sim', left: [] });
  });

  it('can be drained and stopped by rpc', async () => {
    expect(await sim.until(b.rpc.call('a@sim', 'System', 'drain', []))).toBe('ok');
    await sim.until(a.stopped);
    expect(b.list()).toEqual(['c@sim']);
    // It has stopped: the simulation does not have to.
    await sim.stopNode(a);
  });

  it('is told of to a process that asked for it, and to no other', async () => {
    const asked = await sim.probe<any>(b);
    const other = await sim.probe<any>(b);
    asked.self.monitorNodes(true, { leaving: true });
    other.self.monitorNodes(true);
    await sim.until(a.drain());
    await sim.advance(100);
    expect(typesOf(asked)).toEqual(['nodeleaving', 'nodedown']);
    expect(typesOf(other)).toEqual(['nodedown']);
    expect(() => asked.self.monitorNodes(true, { leaving: 1 as never })).toThrow(BadArgumentError);
  });

  it('is told of to nobody if it is hidden', async () => {
    const heard = heardBy(b);
    const hidden = await sim.start('h', { hidden: true });
    await sim.until(hidden.connect('b@sim'));
    await sim.until(hidden.drain());
    await sim.advance(100);
    expect(heard).toStrictEqual([]);
    expect([...b.list('connected')].sort()).toEqual(['a@sim', 'c@sim']);
  });

  it('cannot be given what is no time', async () => {
    await expect(a.drain({ timeoutMs: -1 })).rejects.toThrow(BadArgumentError);
    await expect(a.drain({ timeout: 1 } as never)).rejects.toThrow('drain');
    expect(a.list()).toEqual(['b@sim', 'c@sim']);
  });
});

it('a node without a name has nobody to take leave of', async () => {
  const alone = await startNode();
  expect(await alone.drain()).toBe(true);
  await alone.stop();
});
