import { BadArgumentError, startNode, type Node } from '@trestle/runtime';
import { Simulation, type StartOptions } from '@trestle/runtime/testing';

let sim: Simulation;
let a: Node;
let b: Node;

async function connected(options: StartOptions = {}): Promise<void> {
  sim = new Simulation({ seed: 11 });
  [a, b] = (await sim.startNodes(['a', 'b'], options)) as [Node, Node];
}
afterEach(() => sim.stop());

/** How often a node has dialled another in vain since it logs that. */
const dialsOf = (name: string): number =>
  sim.log.filter(
    ({ report }) => report?.type === 'connection' && report.event === 'failed' && report.peer === name,
  ).length;

const lists = (): unknown => [a.list('connected'), b.list('connected')];
const together = [['b@sim'], ['a@sim']];
const apart = [[], []];

describe('a node that was lost', () => {
  it('is dialled again by itself, until it is back', async () => {
    await connected();
    sim.network.cut(a, b);
    await sim.advance(10);
    expect(lists()).toEqual(apart);
    await sim.advance(1_000);
    expect(lists()).toEqual(together);
  });

  it('is dialled after ever longer waits while it cannot be reached, and found soon after it can', async () => {
    await connected({ redial: { minMs: 100, maxMs: 2_000 } });
    sim.network.cut(a, b);
    await sim.advance(10);
    sim.network.partition([a], [b]);
    await sim.advance(600_000);
    expect(lists()).toEqual(apart);
    sim.network.heal();
    // The wait, and the dial that is under way.
    await sim.advance(10_000);
    expect(lists()).toEqual(together);
  });

  it('is found in its next life', async () => {
    await connected();
    await sim.crash(b);
    await sim.advance(5_000);
    b = await sim.restart('b');
    await sim.advance(60_000);
    expect(lists()).toEqual(together);
  });

  it('is dialled for a day, or as long as giveUpMs says, and given up with a line of the log', async () => {
    await connected({ redial: { minMs: 100, maxMs: 2_000, giveUpMs: 100_000 } });
    a.log.setLevel('debug');
    await sim.crash(b);
    await sim.advance(50_000);
    const before = dialsOf('b@sim');
    expect(before).toBeGreaterThan(2);
    await sim.advance(100_000);
    expect(dialsOf('b@sim')).toBeGreaterThan(before);
    expect(sim.log.at(-1)).toMatchObject({
      level: 'warning',
      text: 'no connection to node b@sim: it was dialled for long enough, and is dialled no more',
    });
    const lines = sim.log.length;
    await sim.advance(600_000);
    expect(sim.log).toHaveLength(lines);
    b = await sim.restart('b');
    expect(await sim.until(a.connect('b@sim'))).toBe(true);
  });

  it('is found when it stopped in order and comes back', async () => {
    await connected();
    await sim.stopNode(b);
    await sim.advance(5_000);
    b = await sim.restart('b');
    await sim.advance(60_000);
    expect(lists()).toEqual(together);
  });

  it('is left alone if either side had disconnected', async () => {
    await connected();
    await sim.until(a.disconnect('b@sim'));
    await sim.advance(600_000);
    expect(lists()).toEqual(apart);
  });

  it('is left alone from the moment when it is told to', async () => {
    await connected();
    sim.network.cut(a, b);
    await sim.advance(10);
    sim.network.partition([a], [b]);
    await sim.advance(10_000);
    expect(await sim.until(a.disconnect('b@sim'))).toBe(false);
    expect(await sim.until(b.disconnect('a@sim'))).toBe(false);
    sim.network.heal();
    await sim.advance(600_000);
    expect(lists()).toEqual(apart);
  });

  it('is left alone with redial: false, until something is sent to it', async () => {
    await connected({ redial: false });
    sim.network.cut(a, b);
    await sim.advance(600_000);
    expect(lists()).toEqual(apart);
    a.send({ name: 'nobody', node: 'b@sim' }, 'x');
    await sim.advance(100);
    expect(lists()).toEqual(together);
  });

  it('is not dialled if it was hidden; it dials itself', async () => {
    sim = new Simulation({ seed: 3 });
    a = await sim.start('a');
    b = await sim.start('b', { hidden: true });
    await sim.until(b.connect('a@sim'));
    a.log.setLevel('debug');
    await sim.crash(b);
    await sim.advance(600_000);
    expect(dialsOf('b@sim')).toBe(0);
    b = await sim.restart('b');
    await sim.until(b.connect('a@sim'));
    sim.network.cut(a, b);
    await sim.advance(1_000);
    expect(lists()).toEqual(together);
  });
});

describe("with dist: 'once' a node", () => {
  it('is connected to by what is sent to it, but not again after it was lost', async () => {
    sim = new Simulation({ seed: 5 });
    a = await sim.start('a', { dist: 'once' });
    b = await sim.start('b', { dist: 'once' });
    expect(await sim.until(a.ping('b@sim'))).toBe('pong');
    sim.network.cut(a, b);
    await sim.advance(600_000);
    expect(await sim.until(a.ping('b@sim'))).toBe('pang');
    await expect(sim.until(a.call({ name: 'x', node: 'b@sim' }, 1 as never))).rejects.toMatchObject({
      code: 'ERR_NODEDOWN',
    });
    expect(lists()).toEqual(apart);
    expect(await sim.until(a.connect('b@sim'))).toBe(true);
    expect(lists()).toEqual(together);
  });
});

it.each(['once', 'never'] as const)(
  "with dist: '%s' nothing late reaches a lost node, nor dials it, and who is to hear of that does",
  async (dist) => {
    sim = new Simulation({ seed: 6 });
    a = await sim.start('a', { dist });
    b = await sim.start('b', { dist });
    await sim.until(a.connect('b@sim'));
    const [here, there] = [await sim.probe<any>(a), await sim.probe<any>(b)];
    here.self.trapExit(true);
    sim.network.cut(a, b);
    await sim.advance(1_000);
    here.send(there.pid, 'late');
    here.self.link(there.pid);
    here.monitor(there.pid);
    here.self.exitSignal(there.pid, 'kill');
    await sim.advance(60_000);
    expect(here.messages()).toMatchObject([
      { type: 'EXIT', from: there.pid, reason: 'noconnection' },
      { type: 'DOWN', pid: there.pid, reason: 'noconnection' },
    ]);
    expect(lists()).toEqual(apart);
    expect(await sim.until(b.connect('a@sim'))).toBe(true);
    here.send(there.pid, 'in time');
    await sim.advance(100);
    expect(there.messages()).toStrictEqual(['in time']);
  },
);

describe("with dist: 'never' a node", () => {
  it('is connected to by connect alone: what is sent to it is as if it could not be reached', async () => {
    sim = new Simulation({ seed: 5 });
    a = await sim.start('a', { dist: 'never' });
    b = await sim.start('b');
    const probe = await sim.probe<any>(a);
    probe.monitor({ name: 'nobody', node: 'b@sim' });
    expect(await probe.expectMessage('DOWN')).toMatchObject({ reason: 'noconnection' });
    expect(await sim.until(a.ping('b@sim'))).toBe('pang');
    expect(await sim.until(a.connect('b@sim'))).toBe(true);
    expect(await sim.until(a.ping('b@sim'))).toBe('pong');
  });

  it('takes in who dials it', async () => {
    sim = new Simulation({ seed: 5 });
    a = await sim.start('a', { dist: 'never' });
    b = await sim.start('b');
    expect(await sim.until(b.ping('a@sim'))).toBe('pong');
    expect(lists()).toEqual(together);
  });

  it('is not connected to because a third node tells of it', async () => {
    sim = new Simulation({ seed: 5 });
    a = await sim.start('a', { dist: 'never' });
    b = await sim.start('b', { dist: 'never' });
    const c = await sim.start('c');
    await sim.until(c.connect('a@sim'));
    await sim.until(c.connect('b@sim'));
    await sim.advance(10_000);
    expect(lists()).toEqual([['c@sim'], ['c@sim']]);
  });
});

describe('a node cannot be started with', () => {
  beforeEach(() => void (sim = new Simulation()));

  it.each([
    [{ dist: 'always' }, "'auto', 'once' or 'never'"],
    [{ redial: true }, 'false, or { minMs, maxMs } in milliseconds'],
    [{ redial: { minMs: 1 } }, 'redial to be false, or { minMs, maxMs } in milliseconds'],
    [{ redial: { minMs: 1, maxMs: 1, giveUpMs: -1 } }, 'giveUpMs'],
    [{ redial: { minMs: 0, maxMs: 1 } }, 'redial'],
    [{ redial: { minMs: 2, maxMs: 1 } }, 'redial'],
  ])('%j', async (options, text) => {
    const start = startNode({ name: 'x@127.0.0.1', ...(options as object) });
    await expect(start).rejects.toThrow(BadArgumentError);
    await expect(start).rejects.toThrow(text);
  });
});
