import { Simulation } from '@trestle/runtime/testing';
import type { Node } from '@trestle/runtime';
import { CACHE, cacheOn, fiveNodes, partOf, recordsOf, untilInStep, wrongCopies } from './cache-cluster';

const threeCopies = cacheOn({ nodes: fiveNodes, copies: 3 });
const keys = Array.from({ length: 10_000 }, (_, i) => `k_${i + 1}`);

describe('a cache with three copies on five nodes', () => {
  let sim: Simulation;
  let nodes: Node[];
  beforeEach(async () => {
    sim = new Simulation({ seed: 1 });
    nodes = await sim.startNodes(5, { setUp: threeCopies });
    await sim.until(untilInStep(sim));
  });
  afterEach(() => sim.stop());

  const fill = (node: Node) => sim.until(node.call(CACHE, { type: 'putMany', keys, values: keys }));
  const sizes = async () => (await Promise.all(nodes.map(partOf))).map(({ store }) => store.size);

  it('holds exactly three copies of each of 10,000 keys, spread as the hash says', async () => {
    await fill(nodes[0]!);
    await sim.advance(1_000);
    const held = await sizes();
    expect(held.reduce((sum, size) => sum + size)).toBe(30_000);
    // Each node has the keys of its own and of its two neighbours, as phash2 deals them.
    expect(Math.min(...held)).toBeGreaterThan(5_800);
    expect(await wrongCopies(nodes)).toStrictEqual([]);
  });

  it('has every key when any two nodes are killed, and all copies when they are back', async () => {
    await fill(nodes[2]!);
    await sim.advance(1_000);
    const before = await Promise.all(nodes.map(recordsOf));
    for (const [a, b] of pairs()) {
      await sim.crash(fiveNodes[a]!);
      await sim.crash(fiveNodes[b]!);
      await sim.advance(100);
      for (const node of sim.nodes) {
        const values = await sim.until(node.call(CACHE, { type: 'getMany', keys }));
        expect(values).toEqual(keys);
      }
      await sim.restart(fiveNodes[a]!);
      await sim.restart(fiveNodes[b]!);
      await sim.connectAll();
      await sim.until(untilInStep(sim));
      nodes = fiveNodes.map((name) => sim.node(name));
      expect(await Promise.all(nodes.map(recordsOf))).toEqual(before);
    }
  }, 120_000);

  function pairs(): [number, number][] {
    return [0, 1, 2, 3, 4].flatMap((a) =>
      [0, 1, 2, 3, 4].filter((b) => b > a).map((b): [number, number] => [a, b]),
    );
  }
});
