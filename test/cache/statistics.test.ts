import { startCache, type Cache } from '@trestle/cache';
import type { NodeName } from '@trestle/runtime';
import { freePort } from '../support/free-port';
import { startTestNode } from '../support/test-node';
import { untilReady } from './seen-changes';

describe('the statistics of a cache', () => {
  it('count as hits what another copy answers', async () => {
    const mapperPort = await freePort();
    const names = [1, 2, 3].map((i): NodeName => `cache_${String(i)}@127.0.0.1`);
    const nodes = await Promise.all(
      names.map((name) => startTestNode({ name, cookie: 'a cookie of this test', mapperPort })),
    );
    for (const node of nodes) await node.connect(names[0]!);
    // What an owner was asked for is kept there, so each key is asked for once at a node that has no room for it.
    const caches: Cache[] = await Promise.all(
      nodes.map((node, i) =>
        startCache(node, { name: 'Cache', nodes: names, copies: 3, ...(i === 0 ? { maxEntries: 1 } : {}) }),
      ),
    );
    await Promise.all(caches.map((cache) => untilReady(cache, 2)));
    const keys = Array.from({ length: 50 }, (_, i) => `k_${String(i)}`);
    await caches[1]!.putMany(
      keys.map((key) => [key, 1]),
      { concern: 'all' },
    );
    for (const key of keys) await expect(caches[0]!.get(key)).resolves.toBe(1);
    await expect(caches[0]!.getMany(keys)).resolves.toEqual(keys.map(() => 1));
    await expect(caches[0]!.statistics()).resolves.toMatchObject({ hits: 100, misses: 0 });
    await caches[0]!.get('none');
    await expect(caches[0]!.statistics()).resolves.toMatchObject({ hits: 100, misses: 1 });
  });

  it.each([{}, { maxEntries: 100_000 }, { maxBytes: 100_000_000 }])(
    'tell about how many bytes the entries take, with the bounds %p',
    async (bounds) => {
      const node = await startTestNode();
      const cache = await startCache(node, { name: 'Cache', nodes: [node.name], ...bounds });
      await expect(cache.statistics()).resolves.toMatchObject({ bytes: 0 });
      await cache.putMany(Array.from({ length: 5_000 }, (_, i) => [i, 'x'.repeat(i % 2 === 0 ? 100 : 300)]));
      const { bytes } = await cache.statistics();
      expect(bytes).toBeGreaterThan(5_000 * 300);
      expect(bytes).toBeLessThan(5_000 * 500);
      await expect(cache.totals()).resolves.toMatchObject({ bytes });
    },
  );
});
