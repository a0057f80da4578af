import { Cache, CacheOptionsError, startCache, type CacheOptions } from '@trestle/cache';
import { formatLogRecord } from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';
import { cacheOn } from './replication/cache-cluster';

describe.each([
  ['members', { members: 'n' }],
  ['nodes', { nodes: ['n1@sim', 'n2@sim'] }],
] as const)('startCache over %s on a node whose options differ from those of the others', (_, where) => {
  const options: CacheOptions = { name: 'Cache', ...where, copies: 2 };
  let sim: Simulation;

  beforeEach(async () => {
    sim = new Simulation({ seed: 7 });
    await sim.start('n1', { setUp: cacheOn(options) });
    await sim.start('n2');
    await sim.connectAll();
    await sim.advance(3_000);
  });
  afterEach(() => sim.stop());

  it('rejects with the option and both values, at once, and leaves nothing behind', async () => {
    const node = sim.node('n2');
    const registered = node.registered();
    const began = sim.clock.now();
    const error: unknown = await sim.until(
      startCache(node, { ...options, copies: 3 }).catch((e: unknown) => e),
    );
    expect(error).toBeInstanceOf(CacheOptionsError);
    expect(error).toMatchObject({
      code: 'ERR_CACHE_OPTIONS',
      message: "cache 'Cache': expected copies to be the same on all nodes, got 2 on n1@sim and 3 on n2@sim",
    });
    expect(sim.clock.now() - began).toBeLessThan(500);
    await sim.advance(0);
    expect(node.registered()).toEqual(registered);
  });

  it('is one line in the log of both, and no crash', async () => {
    await sim.until(startCache(sim.node('n2'), { ...options, copies: 3 }).catch(() => undefined));
    await sim.advance(2_000);
    const errors = sim.log.filter(({ level }) => level === 'error' || level === 'warning');
    const difference = 'expected copies to be the same on all nodes, got 2 on n1@sim and 3 on n2@sim';
    expect(errors.map(({ node }) => node).sort()).toStrictEqual(['n1@sim', 'n2@sim']);
    for (const record of errors) {
      expect(formatLogRecord(record)).toContain(difference);
      expect(formatLogRecord(record)).not.toContain('\n');
    }
  });

  it('can be done anew with the same options, and then joins', async () => {
    const node = sim.node('n2');
    await sim.until(startCache(node, { ...options, copies: 3 }).catch(() => undefined));
    const cache = await sim.until(startCache<number>(node, options));
    await sim.until(cache.put('key', 1, { concern: 'all' }));
    await expect(sim.until(new Cache(sim.node('n1'), options).get('key'))).resolves.toBe(1);
  });
});
