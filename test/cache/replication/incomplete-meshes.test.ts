import { Cache, CacheClient, type CacheOptions } from '@trestle/cache';
import { forAllSeeds, type Simulation } from '@trestle/runtime/testing';
import { cacheOn, untilInStep } from './cache-cluster';
import { deedFunctions, Deeds } from './deeds';

const routings = ['rendezvous', 'ring', 'tokens', 'modulo'] as const;

/** How the node goes that goes: it gives away what it holds; it does not; it is gone. */
const ways = {
  drain: async (sim: Simulation): Promise<void> => {
    await sim.node('n4').drain();
    await sim.stopNode('n4');
  },
  stop: (sim: Simulation): Promise<void> => sim.stopNode('n4'),
  crash: (sim: Simulation): Promise<void> => sim.crash('n4'),
} as const;

/** A node joins by way of one that it knows. It takes long to connect with some of the others. */
async function join(sim: Simulation, name: string, options: CacheOptions): Promise<void> {
  const { random } = sim;
  await sim.advance(random.between(0, 100));
  const known = random.pick(['n1@sim', 'n2@sim', 'n3@sim']);
  const node = await sim.start(name);
  for (const other of sim.nodes)
    if (other !== node && other.name !== known && random.chance(0.5))
      sim.network.setLatency(node, other, [0, 150]);
  await node.connect(known);
  await cacheOn(options)(node);
}

/** Two nodes join at once and one goes, while callers on members, on the new ones and on a client do what one must do alone. */
async function deedsWhile(
  sim: Simulation,
  options: CacheOptions,
  go: (sim: Simulation) => Promise<void>,
): Promise<Deeds> {
  await sim.startNodes(4, { setUp: cacheOn(options) });
  await untilInStep(sim);
  const client = await sim.start('client');
  const view = await CacheClient.start(client, { ...options, connectTo: ['n1@sim'] });
  await sim.connectAll();
  const deeds = new Deeds(sim, options);
  for (const name of ['n1', 'n2', 'n3']) deeds.on(sim.node(name));
  deeds.on(client, view);
  await sim.advance(sim.random.between(0, 50));
  const come = async (name: string): Promise<void> => {
    await join(sim, name, options);
    deeds.on(sim.node(name));
  };
  const leave = async (): Promise<void> => {
    await sim.advance(sim.random.between(0, 150));
    await go(sim);
  };
  await Promise.all([come('n5'), come('n6'), leave()]);
  await sim.advance(500);
  await deeds.stop();
  await sim.connectAll();
  await sim.advance(3_000);
  return deeds;
}

function optionsFor(seed: number, more: Partial<CacheOptions>): CacheOptions {
  return {
    ...{ name: 'Cache', members: 'n', functions: deedFunctions },
    ...{ routing: routings[seed % routings.length]!, ...more },
  };
}

const simulation = { latencyMs: [0.2, 40] } as const;

describe('what one node does alone, while two join that do not see all others yet', () => {
  it.each([1, 3])(
    'is done exactly once, with %d copies, though one leaves in order meanwhile',
    (copies) =>
      forAllSeeds(
        `deeds with ${String(copies)} copies`,
        async (sim) => {
          const options = optionsFor(sim.seed, { copies });
          const deeds = await deedsWhile(sim, options, ways.drain);
          expect(deeds.failures).toStrictEqual([]);
          expect(deeds.succeeded).toBeGreaterThan(30);
          await expect(deeds.faults(new Cache(sim.node('n1'), options))).resolves.toStrictEqual([]);
        },
        { seeds: 200, simulation },
      ),
    600_000,
  );

  it(
    'is done exactly once where it was answered, though one with a copy stops or crashes meanwhile: a quorum has it',
    () =>
      forAllSeeds(
        'deeds while one is lost',
        async (sim) => {
          const options = optionsFor(sim.seed, { copies: 3, concern: 'quorum' });
          const deeds = await deedsWhile(sim, options, sim.random.chance(0.5) ? ways.stop : ways.crash);
          expect(deeds.succeeded).toBeGreaterThan(30);
          await expect(deeds.faults(new Cache(sim.node('n1'), options))).resolves.toStrictEqual([]);
        },
        { seeds: 200, simulation },
      ),
    600_000,
  );
});
