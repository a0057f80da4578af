import { startCache, type Cache, type CacheKey, type CacheOptions } from '@trestle/cache';
import { BadArgumentError, NodeDownError, type Node, type NodeName } from '@trestle/runtime';
import { systemClock } from '@trestle/runtime/internal';
import { freePort } from '../support/free-port';
import { startTestNode } from '../support/test-node';
import { untilReady } from './seen-changes';

const names = [1, 2, 3].map((i): NodeName => `cache_${String(i)}@127.0.0.1`);
const functions = {
  push: (list: unknown, item: unknown) => [...((list as unknown[] | undefined) ?? []), item],
};

describe.each([{ copies: 1 }, { copies: 2 }])(
  'the verbs of a cache on three nodes, $copies copies',
  ({ copies }) => {
    let nodes: Node[];
    let caches: Cache[];
    const options: CacheOptions = { name: 'Cache', nodes: names, copies, functions };

    beforeEach(async () => {
      const mapperPort = await freePort();
      const start = (name: NodeName) => startTestNode({ name, cookie: 'a cookie of this test', mapperPort });
      nodes = await Promise.all(names.map(start));
      for (const node of nodes) await node.connect(names[0]!);
      caches = await Promise.all(nodes.map((node) => startCache(node, options)));
      for (const cache of caches) await untilReady(cache, copies === 1 ? 0 : 2);
    });

    const pairs = (n: number): [string, number][] =>
      Array.from({ length: n }, (_, i) => [`k_${String(i)}`, i]);

    it('write, read and remove many keys at once, from any node', async () => {
      const [one, two, three] = caches as [Cache, Cache, Cache];
      await expect(one.putMany(pairs(500))).resolves.toBe('ok');
      const keys = pairs(500).map(([key]) => key);
      await expect(two.getMany(['none', ...keys])).resolves.toStrictEqual([
        undefined,
        ...keys.map((_key, i) => i),
      ]);
      await expect(three.deleteMany(keys.slice(10))).resolves.toBe('ok');
      const left = await one.getMany(keys);
      expect(left.filter((value) => value !== undefined)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      await expect(one.getMany([])).resolves.toStrictEqual([]);
      await expect(one.putMany([])).resolves.toBe('ok');
    });

    it('send one message to each node for many keys', async () => {
      const client = caches[0]!;
      const sent: string[] = [];
      const ask = client.requests.askNode.bind(client.requests);
      jest.spyOn(client.requests, 'askNode').mockImplementation((node, request, more) => {
        sent.push(node);
        return ask(node, request, more);
      });
      await client.putMany(pairs(300));
      expect(new Set(sent).size).toBe(sent.length);
      expect(sent.length).toBeLessThanOrEqual(3);
    });

    it('keep the last of two values for a key that is given twice', async () => {
      await caches[0]!.putMany([
        ['a', 1],
        ['a', 2],
      ]);
      await expect(caches[1]!.getMany(['a', 'a'])).resolves.toEqual([2, 2]);
    });

    it('put if absent, compare and set, update by a named function, and increment', async () => {
      const [one, two] = caches as [Cache<any>, Cache<any>];
      await expect(one.putIfAbsent('a', 1)).resolves.toEqual({ stored: true, value: 1 });
      await expect(two.putIfAbsent('a', 2)).resolves.toEqual({ stored: false, value: 1 });
      await expect(two.compareAndSet('a', 2, 3)).resolves.toBe(false);
      await expect(two.compareAndSet('a', 1, { n: 3 })).resolves.toBe(true);
      await expect(one.get('a')).resolves.toEqual({ n: 3 });
      await expect(one.update('list', 'push', ['x'])).resolves.toEqual(['x']);
      await expect(two.update('list', 'push', ['y'])).resolves.toEqual(['x', 'y']);
      await Promise.all(Array.from({ length: 100 }, (_, i) => caches[i % 3]!.increment('n', 2)));
      await expect(one.increment('n')).resolves.toBe(201);
      await expect(one.update('a', 'nothing')).rejects.toThrow(BadArgumentError);
    });

    it('refuse to add what a number cannot hold, and leave it as it was', async () => {
      const [one, two] = caches as [Cache<number>, Cache<number>];
      const refused = (got: string): string =>
        `cache increment: expected a sum that a number can hold, got ${got}`;
      await one.put('whole', Number.MAX_SAFE_INTEGER - 1);
      await expect(two.increment('whole')).resolves.toBe(Number.MAX_SAFE_INTEGER);
      await expect(two.increment('whole')).rejects.toThrow(refused('9007199254740992'));
      await one.put('large', Number.MAX_VALUE);
      await expect(two.increment('large', Number.MAX_VALUE)).rejects.toThrow(refused('Infinity'));
      await one.put('none', NaN);
      await expect(two.increment('none')).rejects.toThrow(refused('NaN'));
      await expect(two.getMany(['whole', 'large'])).resolves.toEqual([
        Number.MAX_SAFE_INTEGER,
        Number.MAX_VALUE,
      ]);
      await expect(two.increment('fraction', 0.5)).resolves.toBe(0.5);
      await expect(two.increment('fraction', -2)).resolves.toBe(-1.5);
    });

    it('show every key once, with its value if asked, page by page', async () => {
      await caches[0]!.putMany([...pairs(250), [['tuple', 1], 'x']]);
      const seen: CacheKey[] = [];
      for await (const key of caches[1]!.keys({ pageSize: 20 })) seen.push(key);
      expect(seen).toHaveLength(251);
      expect(new Set(seen.map(String)).size).toBe(251);
      const entries = new Map<string, unknown>();
      for await (const [key, value] of caches[2]!.entries()) entries.set(String(key), value);
      expect(entries.size).toBe(251);
      expect(entries.get('k_17')).toBe(17);
      expect(entries.get('tuple,1')).toBe('x');
    });

    it('show what is there all the time, whatever is written and removed meanwhile', async () => {
      const [one, two] = caches as [Cache, Cache];
      const stay = pairs(300).map(([key]) => key);
      await one.putMany(pairs(300));
      await one.putMany(pairs(300).map(([key, i]) => [`gone_${key}`, i]));
      const seen: CacheKey[] = [];
      let i = 0;
      for await (const key of one.keys({ pageSize: 7 })) {
        seen.push(key);
        await two.put(`new_${String(i)}`, i);
        await two.delete(`gone_k_${String(i++)}`);
        await two.put(stay[i % 300]!, 'written again');
      }
      const shown = seen.filter((key) => String(key).startsWith('k_'));
      expect(new Set(shown)).toEqual(new Set(stay));
      expect(shown).toHaveLength(300);
    });

    it('tell whether there is an entry, from any node, also of one that is undefined', async () => {
      await caches[0]!.put('a', 1);
      await caches[0]!.put('none', undefined);
      for (const cache of caches) {
        const answers = ['a', 'none', 'b'].map((key) => cache.has(key));
        await expect(Promise.all(answers)).resolves.toEqual([true, true, false]);
      }
      // Whoever is asked next may have a copy of its own.
      await caches[1]!.delete('a', { concern: 'all' });
      await expect(caches[2]!.has('a')).resolves.toBe(false);
      await expect(caches[2]!.namespace('users').has('a')).resolves.toBe(false);
    });

    it('clear everything', async () => {
      await caches[0]!.putMany(pairs(100));
      await expect(caches[2]!.clear()).resolves.toBe('ok');
      await expect(Promise.all(caches.map((cache) => cache.stats()))).resolves.toEqual([0, 0, 0]);
      await expect(caches[1]!.get('k_1')).resolves.toBeUndefined();
    });

    it('count hits and misses for each node, and summed', async () => {
      await caches[0]!.put('a', 1, { concern: 'all' });
      for (let i = 0; i < 3; i++) await caches[0]!.get('a');
      await caches[0]!.get('b');
      const totals = await caches[1]!.totals();
      expect(totals).toMatchObject({ entries: copies, hits: 3, misses: 1, hitRate: 0.75, absent: [] });
      expect(totals.nodes.map(({ node }) => node)).toEqual(names);
      await expect(caches[1]!.statistics(names[2])).resolves.toMatchObject({ node: names[2] });
      await nodes[2]!.stop();
      await expect(caches[1]!.totals()).resolves.toMatchObject({ absent: [names[2]] });
    });

    it('refuse wrong options by name, before anything is sent', async () => {
      const [cache] = caches as [Cache];
      await expect(cache.put('a', 1, { ttlMs: -1 })).rejects.toThrow(
        'cache put: expected ttlMs to be milliseconds above 0',
      );
      await expect(cache.put('a', 1, { concern: 'most' as never })).rejects.toThrow(
        "'one', 'quorum' or 'all'",
      );
      await expect(cache.putMany([['a', 1]], { sliding: 1 as never })).rejects.toThrow(
        'cache putMany: expected sliding',
      );
      await expect(cache.getMany(['a', NaN])).rejects.toThrow(BadArgumentError);
      await expect(cache.putMany([[{} as never, 1]])).rejects.toThrow(BadArgumentError);
      await expect(cache.get('a')).resolves.toBeUndefined();
    });

    it('go to another copy when a node is gone', async () => {
      await caches[0]!.putMany(pairs(60), { concern: 'all' });
      await nodes[2]!.stop();
      const keys = pairs(60).map(([key]) => key);
      const read = caches[0]!.getMany(keys);
      if (copies === 1) {
        await expect(read).rejects.toThrow(NodeDownError);
        return;
      }
      await expect(read).resolves.toEqual(keys.map((_key, i) => i));
      for (const key of keys) await caches[1]!.put(key, 'again');
      await expect(caches[0]!.putMany(pairs(60))).resolves.toBe('ok');
      const seen: CacheKey[] = [];
      for await (const key of caches[1]!.keys()) seen.push(key);
      expect(new Set(seen)).toEqual(new Set(keys));
    });
  },
);

describe('a cache on nodes whose clocks differ', () => {
  it('is cleared of all that was written before, also where the clock is ahead', async () => {
    const mapperPort = await freePort();
    const ahead = { ...systemClock, wallTime: () => systemClock.wallTime() + 3_600_000 };
    const [one, two] = names;
    const nodes = await Promise.all([
      startTestNode({ name: one!, cookie: 'a cookie of this test', mapperPort }),
      startTestNode({ name: two!, cookie: 'a cookie of this test', mapperPort, clock: ahead }),
    ]);
    const options = { name: 'Cache', nodes: [one!, two!] };
    const [cache] = await Promise.all(nodes.map((node) => startCache(node, options)));
    const entries = Array.from({ length: 100 }, (_, i) => [`k_${String(i)}`, i] as const);
    await cache!.putMany(entries);
    await cache!.clear();
    await expect(Promise.all([cache!.stats(one), cache!.stats(two)])).resolves.toEqual([0, 0]);
    await cache!.putMany(entries);
    await expect(cache!.getMany(entries.map(([key]) => key))).resolves.toEqual(entries.map(([, i]) => i));
  });
});
