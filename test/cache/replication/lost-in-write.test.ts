import { Cache, type CacheOptions, type WriteConcern } from '@trestle/cache';
import { Simulation } from '@trestle/runtime/testing';
import { cacheOn, fiveNodes, partOf, untilInStep, wrongCopies } from './cache-cluster';

const names = fiveNodes.slice(0, 4);
const keys = Array.from({ length: 60 }, (_, i) => `k${String(i)}`);
const failed = {
  status: 'rejected',
  reason: expect.objectContaining({
    code: 'ERR_CACHE_WRITE',
    wanted: 2,
    written: 1,
    mayHaveBeenHandled: true,
  }),
};

describe.each(['quorum', 'all'] as const)(
  'a write to %s owners, one of which is killed meanwhile',
  (concern) => {
    let sim: Simulation;
    beforeEach(() => {
      sim = new Simulation({ seed: 7 });
    });
    afterEach(() => sim.stop());

    /** Asks n1, one of the owners, and kills n2, the other, which has not answered. */
    async function underWay<T>(
      where: Pick<CacheOptions, 'members' | 'nodes'>,
      ask: (cache: Cache, key: string, concern: WriteConcern) => Promise<T>,
    ) {
      const options = { name: 'Cache', copies: 2, ...where } as CacheOptions;
      await sim.startNodes(4, { setUp: cacheOn(options) });
      await sim.until(untilInStep(sim));
      const cache = new Cache(sim.node('n1'), options);
      const { replicas } = await partOf(sim.node('n1'));
      const owned = keys.filter((key) => replicas!.ownersOf(key).join() === 'n1@sim,n2@sim');
      expect(owned.length).toBeGreaterThan(1);
      sim.pause('n2');
      const ended = Promise.allSettled(owned.map((key) => ask(cache, key, concern)));
      await sim.advance(50);
      await sim.crash('n2');
      return { cache, owned, ends: await sim.until(ended) };
    }

    it('is written to the owner that comes instead, while members come and go', async () => {
      const { ends } = await underWay({ members: 'n' }, (cache, key) => cache.put(key, 1, { concern }));
      expect(ends).toStrictEqual(ends.map(() => ({ status: 'fulfilled', value: 'ok' })));
      await sim.advance(3_000);
      expect(await wrongCopies(sim.nodes)).toStrictEqual([]);
    });

    it('counts once, also if others count on it meanwhile', async () => {
      const { cache, owned, ends } = await underWay({ members: 'n' }, (all, key) =>
        Promise.all([all.increment(key, 1, { concern }), all.increment(key, 1, { concern })]),
      );
      expect(ends).toStrictEqual(ends.map(() => ({ status: 'fulfilled', value: [1, 2] })));
      await expect(sim.until(cache.getMany(owned))).resolves.toStrictEqual(owned.map(() => 2));
    });

    it('fails over nodes, where nobody comes instead, and tells that it may be on some', async () => {
      const { cache, owned, ends } = await underWay({ nodes: names }, (all, key) =>
        all.put(key, 1, { concern }),
      );
      expect(ends).toEqual(ends.map(() => failed));
      const late = cache.put(owned[0]!, 2, { concern });
      await expect(sim.until(late)).rejects.toMatchObject({
        code: 'ERR_CACHE_WRITE',
        wanted: 2,
        written: 1,
        mayHaveBeenHandled: false,
      });
    });
  },
);
