import { type Node, type NodeBusy, type NodeDown, type NodeReady } from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';
import { Counter } from '../../../support/counter';
import { itHolds } from '../../../support/property';

type Told = (NodeBusy | NodeReady | NodeDown)[];

/** What a node has been told of others. */
function toldTo(node: Node): Told {
  const told: Told = [];
  node.events.on('nodeBusy', (event) => told.push(event));
  node.events.on('nodeReady', (event) => told.push(event));
  node.events.on('nodedown', (event) => told.push(event));
  return told;
}

const kinds = (told: Told): string[] => told.map(({ type }) => type);

describe('a node whose event loop is blocked', () => {
  let sim: Simulation;
  let a: Node;
  let b: Node;
  let told: Told;
  beforeEach(async () => {
    sim = new Simulation({ seed: 4 });
    [a, b] = (await sim.startNodes(['a', 'b'], { netTickMs: 4_000, pulse: true })) as [Node, Node];
    // The pulse comes a while after the first connection.
    await sim.advance(1_000);
    told = toldTo(a);
  });
  afterEach(() => sim.stop());

  it('stays connected for as long as it is, and is told to be busy and to be ready again', async () => {
    sim.blockFor('b', 60_000);
    await sim.advance(5_000);
    expect(told).toEqual([{ type: 'nodeBusy', node: b.name, forMs: expect.any(Number) }]);
    await sim.advance(56_000);
    expect(told.slice(1)).toEqual([{ type: 'nodeReady', node: b.name, forMs: expect.any(Number) }]);
    expect(a.list()).toEqual([b.name]);
    expect(b.list()).toEqual([a.name]);
  });

  it('is told to be busy for about as long as it has been', async () => {
    const before = sim.clock.now();
    sim.blockFor('b', 20_000);
    const busy = await sim.until(new Promise<NodeBusy>((resolve) => a.events.once('nodeBusy', resolve)));
    const asked = sim.clock.now() - before;
    const ready = await sim.until(new Promise<NodeReady>((resolve) => a.events.once('nodeReady', resolve)));
    // A beat is a sixteenth of the net tick.
    expect(busy.forMs).toBeGreaterThan(asked - 260);
    expect(busy.forMs).toBeLessThanOrEqual(asked);
    expect(ready.forMs).toBeGreaterThan(19_740);
    expect(ready.forMs).toBeLessThan(20_010);
  });

  it('has its event loop logged as blocked by the others, with the time', async () => {
    sim.blockFor('b', 10_000);
    await sim.advance(12_000);
    const lines = sim.log.filter(({ node }) => node === a.name).map(({ text }) => text);
    expect(lines.join('\n')).toMatch(/node b@sim is busy: its event loop is blocked, for \d+ ms so far/);
    expect(lines.join('\n')).toMatch(/node b@sim answers again: it was busy for \d+ ms/);
  });

  it('lets calls time out, which are not reported as lost, and answers those that wait', async () => {
    const counter = await sim.until(b.start(Counter));
    sim.blockFor('b', 30_000);
    const long = a.call(counter, { type: 'get' }, { timeoutMs: 60_000 });
    const short = a.call(counter, { type: 'get' }, { timeoutMs: 8_000 });
    await expect(sim.until(short)).rejects.toMatchObject({ code: 'ERR_CALL_TIMEOUT' });
    expect(kinds(told)).toEqual(['nodeBusy']);
    expect(await sim.until(long)).toBe(0);
  });

  it('is lost when its OS process is stopped instead, pulse and all', async () => {
    sim.pause('b');
    await sim.advance(5_100);
    expect(told).toEqual([{ type: 'nodedown', node: b.name, reason: 'netTickTimeout' }]);
  });

  it('is lost when its pulse stops too in the midst of it', async () => {
    sim.blockFor('b', 60_000);
    await sim.advance(10_000);
    sim.pause('b');
    await sim.advance(2_100);
    expect(kinds(told)).toEqual(['nodeBusy', 'nodedown']);
  });

  it('is lost when nothing gets through, whatever it does', async () => {
    sim.blockFor('b', 60_000);
    sim.network.partition([a], [b]);
    await sim.advance(5_100);
    expect(kinds(told)).toEqual(['nodedown']);
  });

  it('is lost when it crashes, as any other', async () => {
    sim.blockFor('b', 60_000);
    await sim.advance(10_000);
    await sim.crash('b');
    await sim.advance(100);
    expect(kinds(told)).toEqual(['nodeBusy', 'nodedown']);
  });

  it('does not take the others for dead when it wakes up', async () => {
    const toldToB = toldTo(b);
    sim.blockFor('b', 60_000);
    await sim.advance(75_000);
    expect(toldToB).toStrictEqual([]);
    expect(b.list()).toEqual([a.name]);
  });

  it('is busy to one that is blocked as well, and nobody is lost', async () => {
    const toldToB = toldTo(b);
    sim.blockFor('a', 7_000);
    sim.blockFor('b', 20_000);
    await sim.advance(40_000);
    expect(kinds(told)).toEqual(['nodeBusy', 'nodeReady']);
    expect(toldToB).toStrictEqual([]);
  });
});

describe('a connection that carries nothing between nodes whose event loops turn', () => {
  it('is lost though the pulse answers', async () => {
    const sim = new Simulation({ seed: 5 });
    const [a, b] = (await sim.startNodes(['a', 'b'], { netTickMs: 4_000, pulse: true })) as [Node, Node];
    await sim.advance(1_000);
    const told = toldTo(a);
    sim.network.cut(a, b, { noticedBy: [] });
    await sim.advance(5_100);
    expect(kinds(told)).toEqual(['nodedown']);
    await sim.stop();
  });
});

describe('a node without a pulse', () => {
  it('is lost when its event loop is blocked for the net tick', async () => {
    const sim = new Simulation({ seed: 6 });
    const [a] = (await sim.startNodes(['a', 'b'], { netTickMs: 4_000 })) as [Node, Node];
    const told = toldTo(a);
    sim.blockFor('b', 60_000);
    await sim.advance(5_100);
    expect(kinds(told)).toEqual(['nodedown']);
    await sim.stop();
  });
});

itHolds('nobody is lost, or busy in the end, of nodes that are blocked at random', async (sim) => {
  const nodes = await sim.startNodes(4, { netTickMs: 2_000, pulse: true });
  await sim.advance(500);
  const told = nodes.map(toldTo);
  for (let round = 0; round < 12; round++) {
    sim.blockFor(sim.random.pick(nodes), sim.random.between(1, 15_000));
    await sim.advance(sim.random.between(1, 4_000));
  }
  await sim.advance(20_000);
  for (const one of told) {
    expect(kinds(one)).not.toContain('nodedown');
    for (const { name } of nodes) {
      const last = one.filter(({ node }) => node === name).at(-1);
      expect(last?.type).not.toBe('nodeBusy');
    }
  }
  for (const node of nodes) expect(node.list()).toHaveLength(3);
});
