import { Cache, type CacheOptions } from '@trestle/cache';
import { Simulation } from '@trestle/runtime/testing';
import { cacheOn, untilInStep } from './replication/cache-cluster';

const keys = ['k1', 'k2', 'k3', 'k4', 'k5', 'k6'];

describe('a value that is loaded', () => {
  let sim: Simulation;
  beforeEach(() => void (sim = new Simulation({ seed: 23 })));
  afterEach(() => sim.stop());

  it.each<[string, CacheOptions]>([
    ['nodes', { name: 'Cache', nodes: ['n1@sim', 'n2@sim'], copies: 2 }],
    ['members', { name: 'Cache', members: 'n', copies: 2 }],
  ])('has its turn given by the next owner when the first one is gone, over %s', async (_where, options) => {
    await sim.startNodes(2, { setUp: cacheOn(options) });
    await sim.until(untilInStep(sim));
    const cache = new Cache(sim.node('n2'), options);
    expect(keys.map((key) => cache.ownerOf(key))).toContain('n1@sim');
    await sim.crash('n1');
    const loads = keys.map((key) => cache.getOrLoad(key, () => `of ${key}`));
    await expect(sim.until(Promise.all(loads))).resolves.toEqual(keys.map((key) => `of ${key}`));
  });
});
