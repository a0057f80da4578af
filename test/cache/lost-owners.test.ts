import { type Cache, CacheClient, type CacheOptions } from '@trestle/cache';
import { stopServer } from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';
import { CACHE, cacheOn, untilInStep } from './replication/cache-cluster';

const options: CacheOptions = { name: 'Cache', members: 'n', functions: { die: () => undefined } };
const keys = Array.from({ length: 60 }, (_, i) => `k${String(i)}`);

describe('a request whose only owner is lost', () => {
  let sim: Simulation;
  let cache: Cache;
  beforeEach(async () => {
    sim = new Simulation({ seed: 11 });
    await sim.startNodes(3, { setUp: cacheOn(options) });
    await sim.until(untilInStep(sim));
    const asker = await sim.start('asker');
    cache = await sim.until(CacheClient.start(asker, { ...options, connectTo: ['n1@sim'] }));
    await sim.connectAll();
    await sim.advance(100);
  });
  afterEach(() => sim.stop());

  const keyOn = (owner: string): string => keys.find((key) => cache.ownerOf(key) === owner)!;
  const owned = (owner: string): string[] => keys.filter((key) => cache.ownerOf(key) === owner);

  /** What is asked of n2 reaches it, and n2 crashes before it has answered. */
  async function underWay<T>(ask: () => Promise<T>): Promise<T> {
    sim.pause('n2');
    const ended = Promise.allSettled([ask()]);
    await sim.advance(50);
    await sim.crash('n2');
    const [end] = await sim.until(ended);
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  }

  it.each([
    ['get', (key: string) => cache.get(key), undefined],
    ['has', (key: string) => cache.has(key), false],
    ['put', (key: string) => cache.put(key, 2), 'ok'],
    ['delete', (key: string) => cache.delete(key), 'ok'],
  ] as const)('is asked of the new one, if it can be done twice: %s', async (_verb, ask, expected) => {
    const key = keyOn('n2@sim');
    await expect(underWay(() => ask(key))).resolves.toBe(expected);
    expect(cache.ownerOf(key)).not.toBe('n2@sim');
  });

  it.each([
    ['getMany', () => cache.getMany(keys), keys.map(() => undefined)],
    ['putMany', () => cache.putMany(keys.map((key) => [key, 1])), 'ok'],
    ['deleteMany', () => cache.deleteMany(keys), 'ok'],
  ] as const)('is asked of the new ones, of many keys: %s', async (_verb, ask, expected) => {
    await expect(underWay<unknown>(ask)).resolves.toEqual(expected);
  });

  it.each([
    ['increment', (key: string) => cache.increment(key)],
    ['putIfAbsent', (key: string) => cache.putIfAbsent(key, 1)],
    ['compareAndSet', (key: string) => cache.compareAndSet(key, undefined, 1)],
    ['update', (key: string) => cache.update(key, 'die')],
  ] as const)('fails, and may have been handled, if it must not be done twice: %s', async (_verb, ask) => {
    const key = keyOn('n2@sim');
    await expect(underWay<unknown>(() => ask(key))).rejects.toMatchObject({
      code: 'ERR_NODEDOWN',
      mayHaveBeenHandled: true,
    });
    await sim.advance(1_000);
    await expect(sim.until(cache.get(key))).resolves.toBeUndefined();
  });

  it('goes on to the new one if only the server has ended, and its node is there', async () => {
    const [first, second] = owned('n2@sim') as [string, string];
    await sim.until(stopServer(sim.node('n2'), CACHE));
    await expect(sim.until(Promise.all([cache.get(first), cache.increment(second)]))).resolves.toStrictEqual([
      undefined,
      1,
    ]);
  });

  it.each([
    ['getMany', (some: string[]) => cache.getMany(some), (some: string[]) => some.map(() => undefined)],
    ['putMany', (some: string[]) => cache.putMany(some.map((key) => [key, 1])), () => 'ok'],
    ['deleteMany', (some: string[]) => cache.deleteMany(some), () => 'ok'],
  ] as const)('goes on to the new ones then, of many keys as well: %s', async (_verb, ask, expected) => {
    const some = owned('n2@sim');
    await sim.until(stopServer(sim.node('n2'), CACHE));
    await expect(sim.until<unknown>(ask(some))).resolves.toEqual(expected(some));
  });

  it('ends within the time limit of its caller, however many owners are asked', async () => {
    const key = keyOn('n2@sim');
    const { clock } = cache.requests.node;
    const start = clock.now();
    // Whoever comes next says nothing.
    for (const name of ['n1', 'n3']) sim.pause(name);
    await expect(underWay(() => cache.get(key, { timeoutMs: 300 }))).rejects.toMatchObject({
      code: 'ERR_CALL_TIMEOUT',
      message: expect.stringContaining("'get': no reply within 300 ms"),
    });
    expect(clock.now() - start).toBeLessThan(310);
    for (const name of ['n1', 'n3']) sim.resume(name);
  });
});
