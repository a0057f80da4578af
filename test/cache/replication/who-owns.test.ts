import { Cache, CacheClient, startCache } from '@trestle/cache';
import { stopServer, type Node } from '@trestle/runtime';
import { forAllSeeds, Simulation } from '@trestle/runtime/testing';
import { CACHE, cacheOn, untilInStep } from './cache-cluster';

const keys = Array.from({ length: 200 }, (_, i) => `c${String(i)}`);
const entries = keys.map((key) => [key, 1] as const);

describe('a node that fits the members of a cache', () => {
  let sim: Simulation;
  beforeEach(() => {
    sim = new Simulation({ seed: 5 });
  });
  afterEach(() => sim.stop());

  async function boot(more: object = {}): Promise<Cache<number>> {
    const options = { name: 'Cache', members: 'n', ...more };
    await sim.startNodes(3, { setUp: cacheOn(options) });
    await sim.until(untilInStep(sim));
    return new Cache<number>(sim.nodes[0]!, options);
  }
  const counted = (cache: Cache<number>) =>
    sim.until(Promise.all(keys.map((key) => cache.increment(key, 1, { concern: 'quorum' }))));

  it.each([1, 2])('owns nothing before it runs its part: nothing fails, with %d copies', async (copies) => {
    const cache = await boot({ copies });
    await sim.until(cache.putMany(entries, { concern: 'all' }));
    await sim.start('n4');
    await sim.connectAll();
    await sim.advance(1_000);
    expect(cache.members()).toEqual(['n1@sim', 'n2@sim', 'n3@sim']);
    const values = await sim.until(cache.getMany(keys));
    expect(values.filter((value) => value !== 1)).toStrictEqual([]);
    expect((await counted(cache)).filter((count) => count !== 2)).toStrictEqual([]);
  });

  it('owns nothing when its part was refused, and nothing any more when its part has ended', async () => {
    const cache = await boot({ copies: 2 });
    const late = await sim.start('n4');
    await sim.connectAll();
    const refused = cacheOn({ members: 'n', copies: 2, ttlMs: 5_000 })(late);
    await sim.until(Promise.allSettled([refused]));
    await sim.advance(500);
    expect(late.whereis('Cache')).toBeUndefined();
    expect(cache.members()).toEqual(['n1@sim', 'n2@sim', 'n3@sim']);
    await sim.until(cache.putMany(entries, { concern: 'all' }));
    const gone = sim.nodes[1]!;
    await sim.until(stopServer(gone, CACHE));
    await sim.clock.untilTrue(() => cache.members().length === 2);
    expect((await counted(cache)).filter((count) => count !== 2)).toStrictEqual([]);
  });

  it('is a member, in the eyes of all, when startCache resolves', async () => {
    const options = { name: 'Cache', members: 'n' };
    await sim.startNodes(4);
    const started = sim.nodes.map((node) => startCache(node, options));
    const caches = await sim.until(Promise.all(started));
    for (const cache of caches) expect(cache.members()).toHaveLength(4);
  });

  it('that holds nothing sees the members when its client has started, and those that come later', async () => {
    await boot();
    const options = { name: 'Cache', members: 'n' };
    const node = await sim.start('client');
    await sim.connectAll();
    const client = await sim.until(CacheClient.start<number>(node, options));
    expect(client.members()).toHaveLength(3);
    const setUp = cacheOn(options);
    await sim.start('n4', { setUp });
    await sim.connectAll();
    await sim.clock.untilTrue(() => client.members().length === 4);
  });

  it(
    'loses and hides nothing by coming, while the others count',
    () =>
      forAllSeeds('joining while others count', async (seeded) => {
        const late = await comes(seeded, async (setUp, node) => {
          await seeded.connectAll();
          await seeded.advance(seeded.random.between(0, 30));
          await setUp(node);
        });
        for (let i = 0; i < 10; i++) {
          const node = seeded.random.pick(seeded.nodes.slice(0, 3));
          const counts = await Promise.all(keys.map((key) => node.call(CACHE, { type: 'increment', key })));
          expect(counts.filter((count) => count !== i + 2)).toStrictEqual([]);
        }
        const counts = await Promise.all(keys.map(async (key) => (await late.view).increment(key)));
        expect(counts.filter((count) => count !== 12)).toStrictEqual([]);
      }),
    600_000,
  );

  it(
    'loses nothing by coming, in whatever order it meets the others and starts its part',
    () =>
      forAllSeeds('joining in any order', async (seeded) => {
        const late = await comes(seeded, async (setUp, node) => {
          const wait = () => seeded.advance(seeded.random.between(0, 30));
          await Promise.all([wait().then(() => setUp(node)), wait().then(() => seeded.connectAll())]);
        });
        const view = await late.view;
        const views = seeded.nodes.map((node) => new Cache<number>(node, { name: 'Cache', members: 'n' }));
        await seeded.clock.untilTrue(() => views.every((one) => one.members().length === 4));
        for (const one of views) expect(new Set(await one.getMany(keys))).toStrictEqual(new Set([1]));
        expect(
          (await Promise.all(keys.map((key) => view.increment(key)))).filter((n) => n !== 2),
        ).toStrictEqual([]);
      }),
    600_000,
  );
});

/** Three nodes hold entries, and a fourth comes. @returns its view of the cache, once it has come */
async function comes(
  sim: Simulation,
  come: (setUp: (node: Node) => Promise<void>, node: Node) => Promise<void>,
): Promise<{ readonly view: Promise<Cache<number>> }> {
  const options = { name: 'Cache', members: 'n' };
  const setUp = cacheOn(options);
  await sim.startNodes(3, { setUp });
  await untilInStep(sim);
  await new Cache<number>(sim.nodes[0]!, options).putMany(entries);
  const node = await sim.start('n4');
  return { view: come(setUp, node).then(() => new Cache<number>(node, options)) };
}
