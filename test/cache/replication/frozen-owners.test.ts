import { Cache, type CacheOptions } from '@trestle/cache';
import type { Node } from '@trestle/runtime';
import { forAllSeeds, type Simulation } from '@trestle/runtime/testing';
import { cacheOn, partOf, untilInStep } from './cache-cluster';

const keys = Array.from({ length: 20 }, (_, i) => `k${String(i)}`);
const netTickMs = 20_000;
/** At the latest the ticks find out after so long who is frozen, in ms. */
const lostMs = 1.25 * netTickMs;
const options: CacheOptions = { name: 'Cache', members: 'n', copies: 3 };
const notDone = { code: 'ERR_CACHE_READ', mayHaveBeenHandled: false };

/** A node is frozen, as by SIGSTOP, and another one joins. @returns the keys of which the frozen one has a copy and is not the first owner */
async function freezeAndJoin(sim: Simulation): Promise<string[]> {
  await sim.startNodes(4, { setUp: cacheOn(options), netTickMs });
  await sim.until(untilInStep(sim));
  const cache = new Cache<number>(sim.node('n1'), options);
  await sim.until(Promise.all(keys.map((key) => cache.increment(key))));
  const { replicas } = await partOf(sim.node('n1'));
  const copied = keys.filter((key) => replicas!.ownersOf(key).indexOf('n2@sim') > 0);
  sim.pause('n2');
  const setUp = async (node: Node): Promise<void> => {
    await node.connect('n1@sim');
    await cacheOn(options)(node);
  };
  await sim.start('n5', { setUp, netTickMs });
  return copied;
}

describe('an owner that is frozen while members change', () => {
  it(
    'fails changes of its keys in a few seconds, none of them done, until it is lost; then they count on',
    () =>
      forAllSeeds(
        'a frozen owner',
        async (sim) => {
          const copied = await freezeAndJoin(sim);
          const cache = new Cache<number>(sim.node('n3'), options);
          const startedAt = sim.clock.now();
          const ends = await sim.until(Promise.allSettled(copied.map((key) => cache.increment(key))));
          expect(sim.clock.now() - startedAt).toBeLessThan(4_000);
          const refused = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
          expect(refused.length).toBeGreaterThan(0);
          expect(refused).toMatchObject(refused.map(() => notDone));
          // The one that joined counts without the frozen one, which it has never met.
          const counted = copied.filter((_, i) => ends[i]!.status === 'fulfilled');
          await sim.advance(lostMs);
          const counts = await sim.until(Promise.all(keys.map((key) => cache.increment(key))));
          expect(counts).toStrictEqual(keys.map((key) => (counted.includes(key) ? 3 : 2)));
        },
        { seeds: 10 },
      ),
    60_000,
  );
});
