import type { Node } from '@trestle/runtime';
import { itHolds } from '../../../support/property';

const netTickMs = 2_000;

/** What a node tells of others that it would not tell if it knew that they are well. */
function accusationsOf(node: Node): unknown[] {
  const told: unknown[] = [];
  for (const type of ['nodeBusy', 'nodeReady', 'nodedown'] as const)
    node.events.on(type, (event) => void told.push(event));
  return told;
}

describe('a node whose own event loop is blocked again and again', () => {
  itHolds('takes no node for busy or dead that is neither', async (sim) => {
    const nodes = await sim.startNodes(3, { pulse: true, netTickMs });
    await sim.advance(1_500);
    const [watcher, ...others] = nodes as [Node, ...Node[]];
    const told = accusationsOf(watcher);
    const end = sim.clock.now() + 60_000;
    while (sim.clock.now() < end) {
      const [from, to] = sim.random.pick([
        [1, 100],
        [100, 1_000],
        [1_000, 6_000],
      ] as const);
      const forMs = sim.random.between(from, to);
      sim.blockFor(watcher, forMs);
      await sim.advance(forMs + sim.random.pick([0, 1, 20, 300]));
    }
    expect(told).toStrictEqual([]);
    expect(watcher.list().toSorted()).toStrictEqual(others.map(({ name }) => name));
    await sim.advance(2 * netTickMs);
    expect(told).toStrictEqual([]);
  });

  itHolds('tells a blocked one to be busy, and no other', async (sim) => {
    const [watcher, busy, well] = (await sim.startNodes(3, { pulse: true, netTickMs })) as [Node, Node, Node];
    await sim.advance(1_500);
    const told = accusationsOf(watcher);
    sim.blockFor(busy, 30_000);
    const end = sim.clock.now() + 25_000;
    while (sim.clock.now() < end) {
      const forMs = sim.random.between(1, 900);
      sim.blockFor(watcher, forMs);
      await sim.advance(forMs + sim.random.pick([1, 20, 300]));
    }
    await sim.advance(10_000);
    const accused = told.map((event) => (event as { readonly node: string }).node);
    expect(accused).not.toContain(well.name);
    expect(told).toMatchObject([
      { type: 'nodeBusy', node: busy.name },
      { type: 'nodeReady', node: busy.name },
    ]);
  });
});
