import { startCache, type Cache } from '@trestle/cache';
import type { Node } from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';
import { CACHE } from './cache-cluster';

const keys = Array.from({ length: 200 }, (_, i) => `c${String(i)}`);
const options = { name: 'Cache', members: 'n' };

describe('a member that joins a cache', () => {
  let sim: Simulation;
  beforeEach(() => {
    sim = new Simulation({ seed: 5 });
  });
  afterEach(() => sim.stop());

  function startOn(nodes: readonly Node[], more = {}): Promise<Cache<number>[]> {
    return sim.until(Promise.all(nodes.map((node) => startCache<number>(node, { ...options, ...more }))));
  }

  async function join(): Promise<Cache<number>> {
    await sim.startNodes(3);
    const [first] = await startOn(sim.nodes);
    await sim.until(first!.putMany(keys.map((key) => [key, 1_000])));
    const node = await sim.start('n4');
    await sim.connectAll();
    await sim.advance(300);
    const [joined] = await startOn([node]);
    return joined!;
  }

  it('counts on from what the others have', async () => {
    const joined = await join();
    const counts = await sim.until(Promise.all(keys.map((key) => joined.increment(key))));
    expect(counts.filter((count) => count !== 1_001)).toStrictEqual([]);
  });

  it('finds every entry', async () => {
    const joined = await join();
    const values = await sim.until(joined.getMany(keys));
    expect(values.filter((value) => value !== 1_000)).toStrictEqual([]);
  });

  it('knows of every entry that it is there, and of no other', async () => {
    const joined = await join();
    const has = (some: string[]) => sim.until(Promise.all(some.map((key) => joined.has(key))));
    expect((await has(keys)).filter((isThere) => !isThere)).toStrictEqual([]);
    const others = keys.map((key) => `no ${key}`);
    expect((await has(others)).filter((isThere) => isThere)).toStrictEqual([]);
  });

  it('finds every entry and counts on, though its node meets the others after it has started', async () => {
    await sim.startNodes(3);
    const [first] = await startOn(sim.nodes);
    await sim.until(first!.putMany(keys.map((key) => [key, 1_000])));
    const node = await sim.start('n4');
    const [late] = await startOn([node]);
    await sim.connectAll();
    await sim.clock.untilTrue(() => late!.members().length === 4);
    const values = await sim.until(late!.getMany(keys));
    expect(values.filter((value) => value !== 1_000)).toStrictEqual([]);
    const counts = await sim.until(Promise.all(keys.map((key) => late!.increment(key))));
    expect(counts.filter((count) => count !== 1_001)).toStrictEqual([]);
  });

  it('can write to all copies as soon as all have started', async () => {
    await sim.startNodes(3);
    const [first] = await startOn(sim.nodes, { copies: 3, concern: 'all' });
    await expect(sim.until(first!.put('a_key', 1))).resolves.toBe('ok');
  });

  it('ends, of two that start at once with different options, exactly the one with the later name', async () => {
    const [a, b] = (await sim.startNodes(2)) as unknown as [Node, Node];
    await sim.until(
      Promise.allSettled([startCache(a, options), startCache(b, { ...options, ttlMs: 5_000 })]),
    );
    await sim.advance(3_000);
    expect([a.whereis(CACHE.name), b.whereis(CACHE.name)]).toStrictEqual([expect.anything(), undefined]);
  });
});
