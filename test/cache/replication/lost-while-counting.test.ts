import { Cache, type CacheOptions, type WriteConcern } from '@trestle/cache';
import { forAllSeeds, type Simulation } from '@trestle/runtime/testing';
import { cacheOn, partOf, untilInStep, wrongCopies } from './cache-cluster';

const key = 'counted';

/** What has become of increments by 1: those that were answered, with what; and how many failed, and may be done or not. */
interface Counts {
  readonly answers: number[];
  unknown: number;
}

async function count(cache: Cache<number>, concern: WriteConcern, counts: Counts): Promise<void> {
  try {
    counts.answers.push(await cache.increment(key, 1, { concern }));
  } catch (error) {
    if ((error as { readonly mayHaveBeenHandled?: boolean }).mayHaveBeenHandled !== false)
      counts.unknown += 1;
  }
}

/** @returns whether the one that is lost had a count that was not answered yet */
async function loseWhileCounting(
  sim: Simulation,
  lost: 'leader' | 'copy',
  concern: WriteConcern,
): Promise<boolean> {
  const options: CacheOptions = { name: 'Cache', members: 'n', copies: 3 };
  await sim.startNodes(5, { setUp: cacheOn(options) });
  await sim.until(untilInStep(sim));
  const [leader, ...others] = (await partOf(sim.node('n1'))).replicas!.ownersOf(key);
  const victim = lost === 'leader' ? leader! : sim.random.pick(others);
  const callers = sim.nodes.filter(({ name }) => name !== victim);
  const counts: Counts = { answers: [], unknown: 0 };
  const ends = callers.map((node) => count(new Cache(node, options), concern, counts));
  // Messages take 10 ms: it is lost before it has a count, with one, or while its answer is on its way.
  await sim.advance(sim.random.between(0, 40));
  const { store } = await partOf(sim.node(victim));
  const held = Number(store.peek(key)?.value ?? 0);
  const wasHeld = held > counts.answers.length;
  await sim.crash(victim);
  const more = callers.map((node) => count(new Cache(node, options), concern, counts));
  await sim.until(Promise.all([...ends, ...more]));
  const sum = counts.answers.length;
  expect(new Set(counts.answers).size).toBe(sum);
  await sim.advance(3_000);
  const total = await sim.until(new Cache<number>(callers[0]!, options).increment(key, 1, { concern }));
  expect(total).toBeGreaterThan(sum);
  expect(total).toBeLessThanOrEqual(sum + counts.unknown + 1);
  if (lost === 'copy') expect(counts).toStrictEqual({ answers: expect.any(Array), unknown: 0 });
  await sim.advance(3_000);
  expect(await wrongCopies(sim.nodes)).toStrictEqual([]);
  return wasHeld;
}

describe.each(['leader', 'copy'] as const)(
  'the loss of the node with the %s of a key that is counted',
  (lost) => {
    it.each(['quorum', 'all'] as const)(
      'counts nothing twice and loses nothing that was answered, whenever it happens, with %s',
      async (concern) => {
        let [tried, held] = [0, 0];
        await forAllSeeds(
          `a ${lost} lost while counting`,
          async (sim) => {
            tried += 1;
            if (await loseWhileCounting(sim, lost, concern)) held += 1;
          },
          { seeds: 40, simulation: { latencyMs: 10 } },
        );
        // The one in question: it was counted and was on several nodes, and nobody had an answer yet.
        if (tried >= 20) expect(held).toBeGreaterThan(0);
      },
      600_000,
    );
  },
);
