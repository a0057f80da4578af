import type { Node } from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';
import { Departures } from '../../../../packages/runtime/src/distribution/reconnection/departures';
import { itHolds } from '../../../support/property';
import { partsOf } from '../../../support/test-node';

const redial = { minMs: 100, maxMs: 2_000 };
const netTickMs = 4_000;

/** The nodes of which a node tells others that they took their leave. */
const leftAsKnownBy = (node: Node): unknown =>
  (partsOf(node).distribution as unknown as { reconnection: { left: unknown } }).reconnection.left;

/** How often a node has dialled another in vain since it logs that. */
function dialsOf(sim: Simulation, by: Node, name: string): number {
  const isIt = ({ node, report }: Simulation['log'][number]): boolean =>
    node === by.name && report?.type === 'connection' && report.event === 'failed' && report.peer === name;
  return sim.log.filter(isIt).length;
}

describe('a node that is cut off from one that takes its leave meanwhile', () => {
  let sim: Simulation;
  let a: Node;
  let b: Node;
  let c: Node;

  beforeEach(async () => {
    sim = new Simulation({ seed: 23, nodes: { redial, netTickMs } });
    [a, b, c] = (await sim.startNodes(['a', 'b', 'c'])) as [Node, Node, Node];
    b.log.setLevel('debug');
  });
  afterEach(() => sim.stop());

  /** Nobody dials the node that has left: neither now nor later. */
  async function expectPeace(): Promise<void> {
    const before = dialsOf(sim, b, 'a@sim');
    await sim.advance(600_000);
    expect(dialsOf(sim, b, 'a@sim')).toBe(before);
    expect(b.list()).toEqual(['c@sim']);
  }

  it('hears of it from the others, and dials it no more', async () => {
    sim.network.cut(a, b);
    sim.network.partition([a], [b]);
    await sim.advance(10_000);
    expect(dialsOf(sim, b, 'a@sim')).toBeGreaterThan(0);
    await sim.until(a.drain());
    await sim.stopNode(a);
    // A dial may be under way.
    await sim.advance(10_000);
    await expectPeace();
  });

  it('hears of it before it has noticed that it is cut off, and never dials it', async () => {
    sim.network.partition([a], [b]);
    await sim.until(a.drain({ timeoutMs: 100 }));
    await sim.stopNode(a);
    await expectPeace();
    expect(dialsOf(sim, b, 'a@sim')).toBe(0);
  });

  it('hears of it when it finds the others again, if it was cut off from them too', async () => {
    sim.network.partition([a, c], [b]);
    await sim.advance(20_000);
    await sim.until(a.drain());
    await sim.stopNode(a);
    await sim.advance(100_000);
    expect(dialsOf(sim, b, 'a@sim')).toBeGreaterThan(10);
    sim.network.heal();
    await sim.advance(20_000);
    await expectPeace();
  });

  it('finds it in its next life, by the others', async () => {
    sim.network.cut(a, b);
    sim.network.partition([a], [b]);
    await sim.until(a.drain());
    await sim.stopNode(a);
    await sim.advance(60_000);
    sim.network.heal();
    a = await sim.restart('a');
    await sim.until(a.connect('c@sim'));
    await sim.advance(1_000);
    expect([...b.list()].sort()).toEqual(['a@sim', 'c@sim']);
    sim.network.cut(a, b);
    await sim.advance(10_000);
    expect([...b.list()].sort()).toEqual(['a@sim', 'c@sim']);
  });

  it('hears nothing of a hidden node that leaves', async () => {
    const h = await sim.start('h', { hidden: true });
    await sim.until(h.connect('c@sim'));
    const names = await sim.probe<any>(b);
    names.self.monitorNodes(true, { leaving: true });
    await sim.until(h.drain());
    await sim.advance(1_000);
    expect(names.messages()).toStrictEqual([]);
    expect(c.list('hidden')).toStrictEqual([]);
  });

  it('is not told the name of a hidden node that has left, when it connects later, either', async () => {
    const h = await sim.start('h', { hidden: true });
    await sim.until(h.connect('c@sim'));
    await sim.until(h.drain());
    const late = await sim.start('late');
    expect(await sim.until(late.connect('c@sim'))).toBe(true);
    await sim.advance(1_000);
    for (const node of [b, c, late]) expect(leftAsKnownBy(node)).toStrictEqual([]);
    await sim.until(a.drain());
    await sim.advance(1_000);
    for (const node of [b, c, late]) expect(leftAsKnownBy(node)).toMatchObject([{ name: 'a@sim' }]);
  });
});

describe('what a node knows of those that took their leave', () => {
  const left = (name: string, creation: number) => ({ name, creation });

  it('is of one life: the next one is another', () => {
    const departures = new Departures();
    departures.note([left('a@h', 1)]);
    expect([departures.has(left('a@h', 1)), departures.has(left('a@h', 2))]).toEqual([true, false]);
  });

  it('is forgotten when the node is there', () => {
    const departures = new Departures();
    departures.note([left('a@h', 1), left('b@h', 1)]);
    departures.forget('a@h');
    expect(departures.all()).toEqual([left('b@h', 1)]);
  });

  it('is of the last 256', () => {
    const departures = new Departures();
    const all = Array.from({ length: 300 }, (_, i) => left(`n${String(i)}@h`, i));
    departures.note(all);
    departures.note([left('n44@h', 7)]);
    expect(departures.all()).toEqual([...all.slice(45), left('n44@h', 7)]);
  });
});

itHolds(
  'whose leave is heard by one node is dialled by none soon after all ways are open, whatever they were before',
  async (sim) => {
    const random = sim.random.fork('leaving');
    const nodes = await sim.startNodes(4, { redial, netTickMs });
    const [leaving, ...others] = random.shuffle(nodes) as [Node, Node, Node, Node];
    let isHeard = false;
    for (const node of others)
      node.events.on('nodedown', ({ reason }) => void (isHeard ||= reason === 'left'));
    const disturbed = sim.disturb({
      forMs: 10_000,
      everyMs: [50, 1_000],
      lastsMs: [10, 5_000],
      faults: ['cut', 'block', 'partition', 'slow'],
    });
    await sim.advance(random.between(0, 9_000));
    await leaving.drain({ timeoutMs: 60_000 });
    await sim.stopNode(leaving);
    await disturbed;
    await sim.advance(20_000);
    for (const node of others) node.log.setLevel('debug');
    const dials = (): number[] => others.map((node) => dialsOf(sim, node, leaving.name));
    const before = dials();
    await sim.advance(100_000);
    expect(dials().map((count, i) => count > before[i]!)).toEqual(others.map(() => !isHeard));
    expect(others.map((node) => node.list().length)).toEqual([2, 2, 2]);
  },
);
