import { Cache, type CacheOptions } from '@trestle/cache';
import { forAllSeeds, type Simulation } from '@trestle/runtime/testing';
import { cacheOn, untilInStep } from './cache-cluster';

const keys = Array.from({ length: 30 }, (_, i) => `k${String(i)}`);
const options: CacheOptions = { name: 'Cache', members: 'n', copies: 3, concern: 'quorum' };
/** What is waited for a member that may be met any moment, and what a change takes besides, in ms. */
const longestMs = 3_000;

/** A node changes keys for a while. @returns how long each took, in ms */
async function changesOn(sim: Simulation, name: string): Promise<number[]> {
  const cache = new Cache<number>(sim.node(name), options);
  const took: number[] = [];
  for (let i = 0; i < 40; i++) {
    const startedAt = sim.clock.now();
    await cache.increment(sim.random.pick(keys), 1, { timeoutMs: 60_000 });
    took.push(sim.clock.now() - startedAt);
    await sim.advance(sim.random.between(0, 100));
  }
  return took;
}

it(
  'a change waits two seconds at most for a member that its node cannot meet, whatever its own time limit is',
  () =>
    forAllSeeds(
      'unmet members',
      async (sim) => {
        await sim.startNodes(4, { setUp: cacheOn(options) });
        await sim.until(untilInStep(sim));
        const changes = Promise.all(['n1', 'n2', 'n3'].map((name) => changesOn(sim, name)));
        const joins = await sim.start('n5');
        for (const [from, to] of [
          [joins, 'n2'],
          ['n2', joins],
        ] as const)
          sim.network.block(from, to);
        await sim.until(joins.connect('n1@sim'));
        await sim.until(cacheOn(options)(joins));
        const took = (await sim.until(changes)).flat();
        expect(took.filter((ms) => ms > longestMs)).toStrictEqual([]);
      },
      { seeds: 20, simulation: { latencyMs: [0.2, 40] } },
    ),
  120_000,
);
