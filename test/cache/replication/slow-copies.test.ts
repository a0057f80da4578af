import { Cache, CacheReadError, type CacheOptions } from '@trestle/cache';
import { CallTimeoutError, type Node, type NodeName } from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';
import { CACHE, cacheOn, fiveNodes, partOf, untilInStep } from './cache-cluster';

const key = 'a_key';
const large = 'v'.repeat(12_000_000);
const patient = { timeoutMs: 60_000 };

describe('copies that are slow to come', () => {
  let sim: Simulation;
  afterEach(() => sim.stop());

  async function boot(copies: number, more: Partial<CacheOptions> = {}): Promise<readonly Node[]> {
    const nodes = fiveNodes.slice(0, 3);
    sim = new Simulation({ seed: 1 });
    await sim.startNodes(3, { setUp: cacheOn({ nodes, copies, ...more }) });
    await sim.until(untilInStep(sim));
    return sim.nodes;
  }

  const cacheOf = (node: Node): Cache =>
    new Cache(node, { name: 'Cache', nodes: fiveNodes.slice(0, 3), copies: 3 });

  /** A second and more for each megabyte. */
  const readSlowly = (node: Node): void => sim.network.readSlowly(node.name, 1_000);
  const holds = async (node: Node): Promise<boolean> => (await partOf(node)).store.peek(key)?.value === large;

  it('are waited for as long as their bytes travel, however large they are', async () => {
    const [a, b, c] = (await boot(3)) as [Node, Node, Node];
    readSlowly(b);
    const put = a.call(CACHE, { type: 'put', key, value: large, concern: 'all' }, patient);
    await expect(sim.until(put)).resolves.toBe('ok');
    await expect(Promise.all([holds(b), holds(c)])).resolves.toEqual([true, true]);
  });

  it('are read as long as their bytes travel, however large they are', async () => {
    const [a, b] = (await boot(3)) as [Node, Node];
    await sim.until(a.call(CACHE, { type: 'put', key, value: large, concern: 'all' }, patient));
    (await partOf(b)).store.forget(key);
    readSlowly(b);
    const value = await sim.until(b.call(CACHE, { type: 'get', key }, patient));
    expect(value === large).toBe(true);
  });

  it('come in several messages, where they would be too large for one', async () => {
    const [a, b] = (await boot(3)) as [Node, Node];
    const keys = Array.from({ length: 12 }, (_, i) => `k${String(i)}`);
    for (const one of keys)
      await sim.until(a.call(CACHE, { type: 'put', key: one, value: large, concern: 'all' }, patient));
    const name: NodeName = b.name;
    await sim.crash(name);
    const back = await sim.restart(name);
    await sim.connectAll();
    await sim.until(untilInStep(sim));
    expect((await partOf(back)).store.size).toBe(12);
    const { store } = await partOf(sim.nodes[0]!);
    for (const one of keys) store.forget(one);
    // Both sides ask, and both sides give.
    await sim.advance(40_000);
    expect(store.size).toBe(12);
  });

  it('that do not answer fail a read, which does not say that there is nothing', async () => {
    const [a, b] = (await boot(3)) as [Node, Node];
    sim.pause('n1');
    sim.pause('n3');
    const asked = cacheOf(b).get('elsewhere');
    const many = cacheOf(b).getMany(['elsewhere', 'nowhere']);
    const both = sim.until(Promise.allSettled([asked, many]));
    const message = 'cache read: no answer from n3@sim, n1@sim, which may have the entry';
    const failed = { status: 'rejected', reason: { code: 'ERR_CACHE_READ', message } };
    const results = await both;
    expect(results).toMatchObject([failed, failed]);
    expect(
      results.map((result) => (result as PromiseRejectedResult).reason instanceof CacheReadError),
    ).toEqual([true, true]);
    sim.resume('n1');
    sim.resume('n3');
    await sim.advance(5_000);
    await expect(sim.until(cacheOf(a).get('elsewhere'))).resolves.toBeUndefined();
  });

  it('that do not answer count for nothing if another one does', async () => {
    const [, b] = (await boot(3)) as [Node, Node];
    sim.pause('n1');
    await expect(sim.until(cacheOf(b).get('elsewhere'))).resolves.toBeUndefined();
  });

  it('that do not answer are absent in the totals, for who has to find out which node hangs', async () => {
    const [a] = (await boot(3)) as [Node, Node];
    await sim.until(cacheOf(a).put('a', 1, { concern: 'all' }));
    sim.pause('n2');
    const totals = await sim.until(cacheOf(a).totals({ timeoutMs: 500 }));
    expect(totals).toMatchObject({ entries: 2, absent: ['n2@sim'] });
    // What cannot be done everywhere fails.
    await expect(sim.until(cacheOf(a).clear({ timeoutMs: 500 }))).rejects.toThrow(CallTimeoutError);
  });

  it('that do not answer are waited for once, and not by each read', async () => {
    const [, b] = (await boot(3)) as [Node, Node];
    sim.pause('n1');
    await sim.until(cacheOf(b).get('elsewhere'));
    const began = sim.clock.now();
    for (let i = 0; i < 20; i++) await sim.until(cacheOf(b).get(`elsewhere ${String(i)}`));
    expect(sim.clock.now() - began).toBeLessThan(1_000);
    sim.resume('n1');
    await sim.advance(1_000);
    // It is asked again: what it alone has is found.
    const { store } = await partOf(b);
    await sim.until(cacheOf(b).put('a', 1, { concern: 'all' }));
    for (const node of [b, sim.nodes[2]!]) (await partOf(node)).store.forget('a');
    await expect(sim.until(cacheOf(b).get('a'))).resolves.toBe(1);
    expect(store.size).toBe(1);
  });

  it('that do not answer let nobody count on from nothing who has just become an owner', async () => {
    sim = new Simulation({ seed: 1 });
    const options = { name: 'Cache', members: 'n' };
    const setUp = cacheOn(options);
    await sim.startNodes(1, { setUp });
    const late = await sim.start('n2', { setUp });
    await sim.connectAll();
    await sim.until(untilInStep(sim));
    const cache = new Cache<number>(late, options);
    const counted = ['a', 'b', 'c', 'd', 'e', 'f'].find((one) => cache.ownerOf(one) === late.name)!;
    sim.pause('n1');
    // It has only just become the owner: what the one before it has may be on its way.
    const failed = { code: 'ERR_CACHE_READ', mayHaveBeenHandled: false };
    await expect(sim.until(cache.increment(counted))).rejects.toMatchObject(failed);
    const began = sim.clock.now();
    await expect(sim.until(cache.increment(counted))).rejects.toMatchObject(failed);
    expect(sim.clock.now() - began).toBeLessThan(500);
    sim.resume('n1');
    await sim.advance(500);
    await expect(sim.until(cache.increment(counted))).resolves.toBe(1);
  });
});
