import { Cache, type CacheOptions } from '@trestle/cache';
import type { Simulation } from '@trestle/runtime/testing';
import { itHolds } from '../support/property';
import { cacheOn, partOf, untilInStep } from './replication/cache-cluster';

const keys = Array.from({ length: 60 }, (_, i) => `key_${String(i)}`);

/** Adds to every key from each of some nodes, again and again, until it is told to stop. */
class Counting {
  readonly counts = new Map<string, number>();
  readonly failures: unknown[] = [];
  private isOver = false;
  private readonly end: Promise<unknown>;

  constructor(
    private readonly sim: Simulation,
    caches: readonly Cache<number>[],
  ) {
    this.end = Promise.all(caches.map((cache) => this.countBy(cache)));
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.end;
  }

  private async countBy(cache: Cache<number>): Promise<void> {
    for (let i = 0; !this.isOver; i++) {
      const key = keys[i % keys.length]!;
      try {
        await cache.increment(key);
        this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
      } catch (error) {
        this.failures.push(error);
      }
      await this.sim.advance(0);
    }
  }
}

describe.each([1, 3])('cache.drain(node) of a cache over members, with %d copies', (copies) => {
  const options: CacheOptions = { name: 'Cache', members: 'n', copies };

  itHolds(
    'fails no request, and loses no count, though others leave while the drained node stays, and it dies',
    async (sim) => {
      await sim.startNodes(5, { setUp: cacheOn(options) });
      await untilInStep(sim);
      const views = ['n1', 'n2'].map((name) => new Cache<number>(sim.node(name), options));
      const [first] = views as [Cache<number>];
      await first.putMany(keys.map((key) => [key, 0]));
      await sim.advance(100);

      const counting = new Counting(sim, views);
      await sim.advance(sim.random.between(0, 30));
      const held = (await partOf(sim.node('n2'))).store.size;
      await expect(first.drain('n2@sim')).resolves.toBeGreaterThanOrEqual(copies === 1 ? held : 0);
      expect(first.members()).toEqual(['n1@sim', 'n3@sim', 'n4@sim', 'n5@sim']);
      await expect(first.statistics('n2@sim')).resolves.toMatchObject({ state: 'draining', entries: 0 });
      await sim.node('n3').drain();
      await sim.stopNode('n3');
      await sim.advance(200);
      await counting.stop();
      await sim.crash('n2');
      await sim.advance(100);

      expect(counting.failures).toStrictEqual([]);
      await expect(first.getMany(keys)).resolves.toEqual(keys.map((key) => counting.counts.get(key) ?? 0));
    },
  );

  itHolds('gives nothing away where nobody else is, and reads on', async (sim) => {
    const node = await sim.start('n1', { setUp: cacheOn(options) });
    const cache = new Cache(node, options);
    await cache.put('key', 1);
    await expect(cache.drain()).resolves.toBe(0);
    await expect(cache.get('key')).resolves.toBe(1);
    for (const write of [
      () => cache.put('key', 2),
      () => cache.putMany([['key', 2]]),
      () => cache.delete('key'),
      () => cache.deleteMany(['key']),
      () => cache.increment('key'),
    ])
      await expect(write()).rejects.toMatchObject({ code: 'ERR_CACHE_DRAINING' });
    await expect(cache.get('key')).resolves.toBe(1);
  });
});
