import { Cache, type CacheOptions } from '@trestle/cache';
import type { CallOptions } from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';
import { cacheOn, untilInStep } from './replication/cache-cluster';

const verbs: Record<string, (cache: Cache) => Promise<unknown>> = {
  get: (cache) => cache.get('a'),
  has: (cache) => cache.has('a'),
  put: (cache) => cache.put('a', 1),
  'put with options': (cache) => cache.put('a', 1, { ttlMs: 1_000 }),
  delete: (cache) => cache.delete('a'),
  increment: (cache) => cache.increment('a'),
  putIfAbsent: (cache) => cache.putIfAbsent('a', 1),
  compareAndSet: (cache) => cache.compareAndSet('a', undefined, 1),
  update: (cache) => cache.update('a', 'add'),
  getMany: (cache) => cache.getMany(['a', 'b']),
  putMany: (cache) => cache.putMany([['a', 1]]),
  deleteMany: (cache) => cache.deleteMany(['a', 'b']),
  getOrLoad: (cache) => cache.getOrLoad('a', () => 1),
};

let sim: Simulation;
beforeEach(() => void (sim = new Simulation({ seed: 23 })));
afterEach(() => sim.stop());

const optionsOf = (copies: number): CacheOptions => ({
  ...{ name: 'Cache', nodes: ['n1@sim', 'n2@sim'].slice(0, copies), copies },
  functions: { add: (value) => (value as number) + 1 },
});

describe('a request to an owner that cannot be reached', () => {
  it.each(Object.keys(verbs))('has not been handled, and says so: %s', async (verb) => {
    const cache = new Cache(await sim.start('asker'), optionsOf(1));
    await expect(sim.until(verbs[verb]!(cache))).rejects.toMatchObject({
      code: 'ERR_NODEDOWN',
      node: 'n1@sim',
      mayHaveBeenHandled: false,
    });
  });

  it('fails at once if all owners are down, and their machines are not', async () => {
    await sim.startNodes(['n1', 'n2'], { setUp: cacheOn(optionsOf(2)) });
    await sim.until(untilInStep(sim));
    for (const name of ['n1', 'n2']) await sim.crash(name);
    const cache = new Cache(await sim.start('asker'), optionsOf(2));
    const startedAt = sim.clock.now();
    await expect(sim.until(cache.get('a'))).rejects.toMatchObject({ code: 'ERR_NODEDOWN' });
    expect(sim.clock.now() - startedAt).toBeLessThan(1_000);
  });

  it('is not handled twice if it goes to another owner, whatever it is', async () => {
    const setUp = cacheOn(optionsOf(2));
    await sim.startNodes(['n1', 'n2'], { setUp });
    await sim.until(untilInStep(sim));
    await sim.crash('n1');
    await sim.advance(100);
    const asker = await sim.start('asker');
    const cache = new Cache(asker, optionsOf(2));
    // The asker is connected to no owner, so that the one that is gone may be asked first.
    for (const key of ['k1', 'k2', 'k3', 'k4', 'k5', 'k6']) {
      await sim.until(asker.disconnect('n2@sim'));
      await expect(sim.until(cache.increment(key))).resolves.toBe(1);
      await expect(sim.until(cache.get(key))).resolves.toBe(1);
    }
  });

  it('may have been handled if it was asked of one that was lost before', async () => {
    await sim.startNodes(['n1', 'n2'], { setUp: cacheOn(optionsOf(2)) });
    await sim.until(untilInStep(sim));
    const asker = await sim.start('asker');
    const cache = new Cache(asker, optionsOf(2));
    await sim.until(asker.connect('n1@sim'));
    sim.pause('n1');
    await sim.crash('n2');
    const end = Promise.allSettled([cache.put('a', 1)]);
    await sim.advance(50);
    await sim.crash('n1');
    await expect(sim.until(end)).resolves.toMatchObject([
      { reason: { code: 'ERR_NODEDOWN', mayHaveBeenHandled: true } },
    ]);
  });

  describe.each([
    [
      'putMany',
      (cache: Cache, keys: string[], how?: CallOptions) =>
        cache.putMany(
          keys.map((key) => [key, 1]),
          how,
        ),
    ],
    ['deleteMany', (cache: Cache, keys: string[], how?: CallOptions) => cache.deleteMany(keys, how)],
  ] as const)('%s', (_verb, write) => {
    const nodes = { ...optionsOf(2), copies: 1 };
    const keys = Array.from({ length: 20 }, (_, i) => `k${String(i)}`);
    const failing = (cache: Cache, how?: CallOptions) => Promise.allSettled([write(cache, keys, how)]);
    const failed = (mayHaveBeenHandled: boolean) => [
      { status: 'rejected', reason: expect.objectContaining({ code: 'ERR_NODEDOWN', mayHaveBeenHandled }) },
    ];

    it('may have been handled if it went to others as well', async () => {
      await sim.start('n2', { setUp: cacheOn(nodes) });
      const cache = new Cache(await sim.start('asker'), nodes);
      await expect(sim.until(failing(cache))).resolves.toEqual(failed(true));
    });

    it('has not been handled if none of the owners can be reached', async () => {
      const cache = new Cache(await sim.start('asker'), nodes);
      await expect(sim.until(failing(cache))).resolves.toEqual(failed(false));
    });

    it('fails at once when it is known that others have done it, though one does not answer', async () => {
      const three = { ...nodes, nodes: ['n1@sim', 'n2@sim', 'n3@sim'] };
      for (const name of ['n1', 'n2', 'n3']) await sim.start(name, { setUp: cacheOn(three) });
      await sim.crash('n1');
      const asker = await sim.start('asker');
      for (const name of ['n2@sim', 'n3@sim']) await sim.until(asker.connect(name));
      sim.pause('n3');
      const startedAt = sim.clock.now();
      const end = failing(new Cache(asker, three), { timeoutMs: 60_000 });
      await expect(sim.until(end)).resolves.toEqual(failed(true));
      expect(sim.clock.now() - startedAt).toBeLessThan(10_000);
    });

    it('may have been handled if one of the owners does not answer, and waits for that one', async () => {
      await sim.start('n2', { setUp: cacheOn(nodes) });
      const asker = await sim.start('asker');
      await sim.until(asker.connect('n2@sim'));
      sim.pause('n2');
      const end = failing(new Cache(asker, nodes));
      await expect(sim.until(end)).resolves.toEqual(failed(true));
    });
  });
});
