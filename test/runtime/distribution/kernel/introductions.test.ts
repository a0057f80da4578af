import type { Node } from '@trestle/runtime';
import { Simulation, type StartOptions } from '@trestle/runtime/testing';
import { itHolds } from '../../../support/property';

let sim: Simulation;
let a: Node;
let b: Node;
let c: Node;

/** Two nodes that a third one has told of each other, while nothing gets through between them. */
async function introducedInVain(options: StartOptions = {}): Promise<void> {
  sim = new Simulation({ seed: 17, nodes: { redial: { minMs: 100, maxMs: 2_000 }, ...options } });
  [a, b, c] = [await sim.start('a'), await sim.start('b'), await sim.start('c')];
  sim.network.partition([a], [b]);
  await sim.until(c.connect('a@sim'));
  await sim.until(c.connect('b@sim'));
  await sim.advance(60_000);
  expect(lists()).toEqual(apart);
}

const lists = (): unknown => [a.list(), b.list()];
const apart = [['c@sim'], ['c@sim']];
const together = [
  ['c@sim', 'b@sim'],
  ['c@sim', 'a@sim'],
];
/** The wait, and the dial that is under way. */
const foundWithinMs = 10_000;

describe('two nodes that are told of each other while the way between them is shut', () => {
  afterEach(() => sim.stop());

  it('find each other when it opens', async () => {
    await introducedInVain();
    sim.network.heal();
    await sim.advance(foundWithinMs);
    expect(lists()).toEqual(together);
  });

  it('find each other though the one that told of them has gone meanwhile', async () => {
    await introducedInVain();
    await sim.crash(c);
    await sim.advance(60_000);
    sim.network.heal();
    await sim.advance(foundWithinMs);
    expect(lists()).toEqual([['b@sim'], ['a@sim']]);
  });

  it('stay apart once one of them was told to leave the other alone', async () => {
    await introducedInVain();
    await sim.until(Promise.all([a.disconnect('b@sim'), b.disconnect('a@sim')]));
    sim.network.heal();
    await sim.advance(600_000);
    expect(lists()).toEqual(apart);
  });

  it('try it once with redial: false', async () => {
    await introducedInVain({ redial: false });
    sim.network.heal();
    await sim.advance(600_000);
    expect(lists()).toEqual(apart);
  });

  it("find each other with dist: 'once', for they were never lost", async () => {
    await introducedInVain({ dist: 'once' });
    sim.network.heal();
    await sim.advance(foundWithinMs);
    expect(lists()).toEqual(together);
    sim.network.cut(a, b);
    await sim.advance(600_000);
    expect(lists()).toEqual(apart);
  });

  it('are dialled by nobody when their node has drained', async () => {
    await introducedInVain();
    await sim.until(b.drain());
    await sim.until(a.drain());
    sim.network.heal();
    const before = sim.events.length;
    await sim.advance(600_000);
    expect(sim.events.slice(before).filter((event) => event.includes('dial'))).toStrictEqual([]);
  });
});

itHolds('nodes that join while ways are shut are all together when the ways are open', async (sim) => {
  const random = sim.random.fork('ways');
  const options = { redial: { minMs: 100, maxMs: 1_000 }, netTickMs: 2_000 };
  const nodes: Node[] = [];
  for (let i = 1; i <= 5; i++) nodes.push(await sim.start(`n${String(i)}`, options));
  for (const from of nodes) {
    for (const to of nodes) if (from !== to && random.chance(0.3)) sim.network.block(from, to);
  }
  // The first of them is reached by all, once: what the others know of each other they have from it.
  for (const node of nodes.slice(1)) sim.network.heal(node, nodes[0]!);
  for (const node of random.shuffle(nodes.slice(1))) await sim.until(node.connect(nodes[0]!.name));
  await sim.advance(random.between(0, 30_000));
  sim.network.heal();
  await sim.advance(15_000);
  const count = nodes.length - 1;
  expect(nodes.map((node) => node.list().length)).toEqual(nodes.map(() => count));
  expect(sim.network.openSockets).toBe(nodes.length * count);
});
