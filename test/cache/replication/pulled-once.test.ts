import { Cache, listenToCache, startCache, type CacheEvent, type CacheOptions } from '@trestle/cache';
import { Simulation } from '@trestle/runtime/testing';

it('copies what a newcomer lacks once, however long that takes: nobody compares with it before it has asked for all', async () => {
  const sim = new Simulation({ seed: 3, latencyMs: 60 });
  const options: CacheOptions = { name: 'Cache', members: 'n', copies: 2 };
  const [one, two] = [await sim.start('n1'), await sim.start('n2')];
  const cache = await sim.until(startCache(one, options));
  await sim.until(cache.putMany(Array.from({ length: 20_000 }, (_, i) => [i, i])));
  await sim.until(startCache(two, options));
  const told: CacheEvent[] = [];
  await sim.until(one.connect(two.name));
  const all = new Cache(two, options);
  await sim.until(listenToCache(two, all, ['rehydration'], (event) => void told.push(event)));
  await sim.advance(20_000);
  const copying = told.flatMap((event) => (event.event === 'rehydration' ? [event] : []));
  expect(copying.at(-1)).toMatchObject({ node: two.name, from: one.name, progress: 1, entries: 20_000 });
  expect(copying.filter(({ node }) => node !== two.name)).toStrictEqual([]);
  await sim.stop();
});
