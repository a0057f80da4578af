import { Cache, type CacheOptions } from '@trestle/cache';
import { UnsendableError } from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';
import { cacheOn, untilInStep } from './replication/cache-cluster';

const deep = Array.from({ length: 20 }).reduce<unknown>((inner) => [inner], 1);
const options: CacheOptions = {
  ...{ name: 'Cache', nodes: ['n1@sim', 'n2@sim'], copies: 2 },
  functions: { nest: () => deep, keep: (value) => value },
};

let sim: Simulation;
beforeEach(() => void (sim = new Simulation({ seed: 31 })));
afterEach(() => sim.stop());

describe('a value that is too large for the limits a node was started with', () => {
  let cache: Cache;
  beforeEach(async () => {
    const limits = { maxDepth: 15, maxFrameBytes: 100_000 };
    await sim.startNodes(['n1', 'n2'], { limits, setUp: cacheOn(options) });
    await sim.until(untilInStep(sim));
    cache = new Cache(sim.node('n1'), options);
  });

  it.each<[string, (key: string) => Promise<unknown>]>([
    ['put, deep', (key) => cache.put(key, deep)],
    ['put, long', (key) => cache.put(key, ['x'.repeat(100_000)])],
    ['put, a long text', (key) => cache.put(key, 'x'.repeat(100_001))],
    ['putMany', (key) => cache.putMany([[key, deep]])],
    ['putIfAbsent', (key) => cache.putIfAbsent(key, deep)],
    ['compareAndSet', (key) => cache.compareAndSet(key, deep, 1)],
    ['update, its result', (key) => cache.update(key, 'nest')],
    ['update, its arguments', (key) => cache.update(key, 'keep', [deep])],
  ])('is refused by name, whoever owns its key, and nothing is written: %s', async (_, write) => {
    for (const key of ['k1', 'k2', 'k3', 'k4', 'k5', 'k6']) {
      await expect(sim.until(write(key))).rejects.toThrow(UnsendableError);
      for (const name of ['n1', 'n2'])
        await expect(sim.until(new Cache(sim.node(name), options).get(key))).resolves.toBeUndefined();
    }
    expect(sim.node('n1').list()).toStrictEqual(['n2@sim']);
  });
});
