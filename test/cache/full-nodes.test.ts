import { type Cache, startCache, type CacheOptions } from '@trestle/cache';
import { VirtualClock, createTestNode, type TestNode } from '@trestle/runtime/testing';

const full = { name: 'CacheFullError', code: 'ERR_CACHE_FULL', mayHaveBeenHandled: false };

describe('a cache that refuses what it has no room for', () => {
  let test: TestNode;
  let cache: Cache;
  const clock = new VirtualClock();

  async function start(options: Partial<CacheOptions>): Promise<void> {
    test = await createTestNode({ clock });
    cache = await startCache(test.node, {
      name: 'Cache',
      nodes: [test.node.name],
      whenFull: 'refuse',
      ...options,
    });
  }
  afterEach(() => test.stop());

  it('loses no entry, and says which node is full', async () => {
    await start({ maxEntries: 2 });
    await cache.putMany([
      ['a', 1],
      ['b', 2],
    ]);
    await expect(cache.put('c', 3)).rejects.toMatchObject({
      ...full,
      message: 'cache write: nonode@nohost is full, and nothing makes room there',
    });
    await expect(cache.putIfAbsent('c', 3)).rejects.toMatchObject(full);
    await expect(cache.increment('c')).rejects.toMatchObject(full);
    await expect(cache.getMany(['a', 'b', 'c'])).resolves.toStrictEqual([1, 2, undefined]);
    await expect(cache.statistics()).resolves.toMatchObject({ entries: 2, evictions: 0 });
  });

  it('writes what takes no more room, and anything when there is room again', async () => {
    await start({ maxEntries: 2 });
    await cache.put('a', 1);
    await cache.put('b', 2);
    await expect(cache.put('a', 10)).resolves.toBe('ok');
    await expect(cache.increment('b')).resolves.toBe(3);
    await cache.delete('a');
    await expect(cache.put('c', 3)).resolves.toBe('ok');
    await cache.clear();
    await cache.put('d', 4);
    await expect(cache.put('e', 5)).resolves.toBe('ok');
  });

  it('refuses many keys as a whole, and counts one that comes twice once', async () => {
    await start({ maxEntries: 2 });
    await cache.put('a', 1);
    const twoMore = [
      ['b', 2],
      ['c', 3],
    ] as const;
    await expect(cache.putMany(twoMore)).rejects.toMatchObject(full);
    await expect(cache.stats()).resolves.toBe(1);
    const oneMore = [
      ['a', 2],
      ['b', 3],
      ['b', 4],
    ] as const;
    await expect(cache.putMany(oneMore)).resolves.toBe('ok');
    await expect(cache.getMany(['a', 'b'])).resolves.toEqual([2, 4]);
  });

  it('counts the bytes of what is replaced and removed', async () => {
    await start({ maxBytes: 2_000 });
    await cache.put('a', 'v'.repeat(1_000));
    const { bytes } = await cache.statistics();
    await cache.put('a', 'v'.repeat(1_500));
    await expect(cache.statistics()).resolves.toMatchObject({ bytes: bytes + 500 });
    await expect(cache.put('b', 'v'.repeat(500))).rejects.toMatchObject(full);
    await expect(cache.put('a', 'v'.repeat(1_900))).rejects.toMatchObject({
      code: 'ERR_CACHE_VALUE_TOO_LARGE',
    });
    await cache.put('a', 'v');
    await expect(cache.put('b', 'v'.repeat(500))).resolves.toBe('ok');
    await cache.deleteMany(['a', 'b']);
    await expect(cache.statistics()).resolves.toMatchObject({ bytes: 0 });
  });

  it('has room again when entries have ended', async () => {
    await start({ maxEntries: 1 });
    await cache.put('a', 1, { ttlMs: 5_000 });
    await expect(cache.put('b', 2)).rejects.toMatchObject(full);
    await clock.advance(7_000);
    await expect(cache.put('b', 2)).resolves.toBe('ok');
  });
});

describe('Cache.drain', () => {
  it('has a node refuse writes and go on reading', async () => {
    const test = await createTestNode();
    const cache = await startCache(test.node, { name: 'Cache', nodes: [test.node.name] });
    await cache.put('a', 1);
    // There is nobody to take it.
    await expect(cache.drain()).resolves.toBe(0);
    await expect(cache.put('b', 2)).rejects.toMatchObject({ code: 'ERR_CACHE_DRAINING' });
    await expect(cache.get('a')).resolves.toBe(1);
    await expect(cache.statistics()).resolves.toMatchObject({ state: 'draining', entries: 1 });
    await test.stop();
  });
});
