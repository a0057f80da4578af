import { Simulation } from '@trestle/runtime/testing';
import { startCache } from '@trestle/cache';
import type { Node } from '@trestle/runtime';
import { CACHE, partOf, recordsOf, untilInStep } from './cache-cluster';

const names = ['n1@sim', 'n2@sim', 'n3@sim'];

describe('copies of a cache that refuses what it has no room for', () => {
  let sim: Simulation;
  let nodes: Node[];
  beforeEach(async () => {
    sim = new Simulation({ seed: 7 });
    const setUp = async (node: Node): Promise<void> => {
      // Only the third node is small.
      const bound = node.name === 'n3@sim' ? { maxEntries: 2 } : {};
      await startCache(node, { name: 'Cache', nodes: names, copies: 3, whenFull: 'refuse', ...bound });
    };
    nodes = await sim.startNodes(3, { setUp });
    await sim.until(untilInStep(sim));
  });
  afterEach(() => sim.stop());

  const put = (node: Node, key: string, concern: 'one' | 'quorum' | 'all') =>
    sim.until(node.call(CACHE, { type: 'put', key, value: 1, concern }));
  const sizes = async () => (await Promise.all(nodes.map(partOf))).map(({ store }) => store.size);

  it('does without the full node if the others are enough, and says that it is full if not', async () => {
    for (const key of ['a', 'b']) await put(nodes[0]!, key, 'all');
    await expect(put(nodes[0]!, 'c', 'quorum')).resolves.toBe('ok');
    await expect(put(nodes[0]!, 'd', 'all')).rejects.toMatchObject({
      cause: { code: 'ERR_CACHE_FULL', cause: { node: 'n3@sim', mayHaveBeenHandled: true } },
    });
    // Asked itself, it does nothing.
    await expect(put(nodes[2]!, 'e', 'one')).rejects.toMatchObject({ cause: { code: 'ERR_CACHE_FULL' } });
    await sim.advance(1_000);
    await expect(sizes()).resolves.toEqual([4, 4, 2]);
  });

  it('are all there when there is room again', async () => {
    for (const key of ['a', 'b']) await put(nodes[0]!, key, 'all');
    await put(nodes[0]!, 'c', 'quorum');
    await sim.until(nodes[1]!.call(CACHE, { type: 'delete', key: 'a', concern: 'all' }));
    await sim.advance(120_000);
    const [first, ...others] = await Promise.all(nodes.map(recordsOf));
    for (const other of others) expect(other).toEqual(first);
    await expect(sizes()).resolves.toEqual([2, 2, 2]);
  });

  it('are read by way of a full node, which keeps what it has', async () => {
    for (const key of ['a', 'b', 'c']) await put(nodes[0]!, key, 'quorum');
    await sim.advance(100);
    const values = await sim.until(nodes[2]!.call(CACHE, { type: 'getMany', keys: ['a', 'b', 'c'] }));
    expect(values).toEqual([1, 1, 1]);
    expect((await partOf(nodes[2]!)).store.statistics).toMatchObject({ entries: 2, evictions: 0 });
  });
});
