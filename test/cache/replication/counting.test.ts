import { Cache, type CacheOptions } from '@trestle/cache';
import type { Node } from '@trestle/runtime';
import { forAllSeeds, type Simulation } from '@trestle/runtime/testing';
import { cacheOn, untilInStep } from './cache-cluster';

const keys = Array.from({ length: 6 }, (_, i) => `c${String(i)}`);

/** Counts on one node, one key after another, until it is told to stop. */
class Counting {
  readonly counted = new Map<string, number[]>();
  readonly failures: unknown[] = [];
  private isOver = false;
  private readonly end: Promise<unknown>;

  constructor(sim: Simulation, node: Node, options: CacheOptions) {
    const cache = new Cache<number>(node, options);
    const loop = async (): Promise<void> => {
      while (!this.isOver) {
        const key = sim.random.pick(keys);
        try {
          const n = await cache.increment(key);
          this.counted.set(key, [...(this.counted.get(key) ?? []), n]);
        } catch (error) {
          this.failures.push(error);
        }
        await sim.advance(0);
      }
    };
    this.end = Promise.all(Array.from({ length: 4 }, loop));
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.end;
  }
}

async function countWhile(
  sim: Simulation,
  options: CacheOptions,
  change: () => Promise<void>,
): Promise<void> {
  const steady = sim.nodes.slice(0, 3);
  const counting = steady.map((node) => new Counting(sim, node, options));
  await sim.advance(sim.random.between(0, 20));
  await change();
  await sim.advance(200);
  await Promise.all(counting.map((one) => one.stop()));
  expect(counting.flatMap(({ failures }) => failures)).toStrictEqual([]);
  for (const key of keys) {
    const all = counting.flatMap(({ counted }) => counted.get(key) ?? []).toSorted((a, b) => a - b);
    expect({ key, all }).toEqual({ key, all: all.map((_, i) => i + 1) });
  }
}

/** Now and then a node does nothing for a while. */
async function standStill(sim: Simulation): Promise<void> {
  const { random } = sim;
  for (let i = 0; i < 6; i++) {
    await sim.advance(random.between(0, 60));
    sim.blockFor(random.pick(['n1', 'n2', 'n3']), random.between(5, 80));
  }
}

describe.each([1, 3])('counts of a cache with %d copies', (copies) => {
  const options: CacheOptions = { name: 'Cache', members: 'n', copies };
  const boot = async (sim: Simulation, size: number): Promise<void> => {
    await sim.startNodes(size, { setUp: cacheOn(options) });
    await untilInStep(sim);
  };

  it(
    'are exact while members come and go, and nodes stand still now and then',
    () =>
      forAllSeeds(
        `counting ${String(copies)} changes`,
        async (sim) => {
          await boot(sim, 4);
          await countWhile(sim, options, async () => {
            const { random } = sim;
            const wait = () => sim.advance(random.between(0, 60));
            const late = await Promise.all(['n5', 'n6'].map((name) => sim.start(name)));
            await sim.connectAll();
            const come = async (node: Node): Promise<void> => {
              await wait();
              await cacheOn(options)(node);
            };
            const go = async (name: string): Promise<void> => {
              await wait();
              await sim.node(name).drain();
              await sim.stopNode(name);
            };
            await Promise.all([...late.map(come), go('n4'), standStill(sim)]);
          });
        },
        { seeds: 200, simulation: { latencyMs: [0.2, 40] } },
      ),
    600_000,
  );

  it(
    'are exact while a member joins by way of one that it knows, and nodes stand still now and then',
    () =>
      forAllSeeds(
        `counting ${String(copies)} by way of one`,
        async (sim) => {
          await boot(sim, 3);
          await countWhile(sim, options, async () => {
            const setUp = async (node: Node): Promise<void> => {
              await node.connect('n1@sim');
              await cacheOn(options)(node);
            };
            await Promise.all([sim.start('n4', { setUp }), standStill(sim)]);
          });
        },
        { seeds: 200, simulation: { latencyMs: [0.2, 40] } },
      ),
    600_000,
  );
});
