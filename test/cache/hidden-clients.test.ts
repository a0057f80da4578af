import { Cache, CacheClient, startCache, startNearCache, type CacheOptions } from '@trestle/cache';
import type { Node, NodeName } from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';
import { cacheOn, untilInStep } from './replication/cache-cluster';

const holders: readonly NodeName[] = ['n1@sim', 'n2@sim', 'n3@sim'];
const keys = Array.from({ length: 60 }, (_, i) => `k${String(i)}`);

let sim: Simulation;
beforeEach(() => void (sim = new Simulation({ seed: 5 })));
afterEach(() => sim.stop());

async function begin(options: CacheOptions): Promise<void> {
  await sim.startNodes(3, { setUp: cacheOn(options) });
  await sim.until(untilInStep(sim));
}

/** A node that is hidden, as tools are, and knows one of the others. */
async function tool(name: string, options: CacheOptions): Promise<{ node: Node; client: CacheClient }> {
  const node = await sim.start(name, { hidden: true });
  const client = await sim.until(CacheClient.start(node, { ...options, connectTo: ['n1@sim'] }));
  return { node, client };
}

describe.each(['rendezvous', 'tokens'] as const)('a client on a hidden node, with %s', (routing) => {
  const options: CacheOptions = { name: 'Cache', members: 'n', routing, copies: 1 };

  it('sees all members from its first request on, and asks the owners themselves', async () => {
    await begin(options);
    const { client } = await tool('tool', options);
    expect(client.members()).toStrictEqual(holders);
    // What the members have made of their past is heard a moment later.
    await sim.advance(100);
    const seen = new Cache(sim.node('n1'), options);
    expect(keys.map((key) => client.ownerOf(key))).toStrictEqual(keys.map((key) => seen.ownerOf(key)));
    await sim.until(client.putMany(keys.map((key, i) => [key, i])));
    await expect(sim.until(client.getMany(keys))).resolves.toStrictEqual(keys.map((_, i) => i));
    await expect(sim.until(client.increment('k1'))).resolves.toBe(2);
    await expect(sim.until(client.totals())).resolves.toMatchObject({ entries: 60, absent: [] });
  });

  it('hears of members that come, by way of those it knows, and of those that go', async () => {
    await begin(options);
    const { client } = await tool('tool', options);
    const setUp = async (node: Node): Promise<void> => {
      await node.connect('n2@sim');
      await cacheOn(options)(node);
    };
    await sim.start('n4', { setUp });
    await sim.advance(2_000);
    expect(client.members()).toStrictEqual([...holders, 'n4@sim']);
    const seen = new Cache(sim.node('n4'), options);
    expect(keys.map((key) => client.ownerOf(key))).toStrictEqual(keys.map((key) => seen.ownerOf(key)));
    await sim.stopNode('n1');
    await sim.advance(2_000);
    expect(client.members()).toStrictEqual(['n2@sim', 'n3@sim', 'n4@sim']);
    await expect(sim.until(client.put('a', 1))).resolves.toBe('ok');
  });
});

describe('a cache and hidden nodes', () => {
  const options: CacheOptions = { name: 'Cache', members: 'n' };

  it('serves every key to one that can connect to a single member only, as a page', async () => {
    await begin(options);
    const allow = ['n1@sim'];
    const node = await sim.start('page', { hidden: true, allow });
    const starting = CacheClient.start(node, { ...options, connectTo: allow });
    const client = await sim.until(starting);
    expect(client.members()).toStrictEqual(allow);
    await sim.until(client.putMany(keys.map((key, i) => [key, i])));
    await expect(sim.until(client.getMany(keys))).resolves.toStrictEqual(keys.map((_, i) => i));
    await expect(sim.until(client.increment('k1'))).resolves.toBe(2);
    const whole = new Cache(sim.node('n2'), options);
    await expect(sim.until(whole.totals())).resolves.toMatchObject({ entries: 60 });
    await expect(sim.until(whole.get('k1'))).resolves.toBe(2);
  });

  it('drops what a near cache on a hidden node keeps when it has changed', async () => {
    await begin(options);
    const { node, client } = await tool('tool', options);
    const near = await sim.until(startNearCache(node, client));
    await sim.until(client.put('a', 1));
    await sim.advance(2_000);
    await expect(sim.until(near.get('a'))).resolves.toBe(1);
    await sim.until(new Cache(sim.node('n1'), options).put('a', 2));
    await sim.advance(100);
    await expect(sim.until(near.get('a'))).resolves.toBe(2);
  });

  it('has the next one load when the hidden node that loads is lost', async () => {
    await begin(options);
    const { client } = await tool('tool', options);
    void Promise.allSettled([client.getOrLoad('a', () => new Promise<number>(() => undefined))]);
    await sim.advance(100);
    const next = new Cache(sim.node('n1'), options).getOrLoad('a', () => 7);
    await sim.advance(100);
    await sim.crash('tool');
    const startedAt = sim.clock.now();
    await expect(sim.until(next)).resolves.toBe(7);
    expect(sim.clock.now() - startedAt).toBeLessThan(5_000);
  });

  it('meets all members again by way of one, when it was connected to none', async () => {
    await begin(options);
    const { node, client } = await tool('tool', options);
    for (const name of holders) await sim.until(node.disconnect(name));
    await sim.advance(1_000);
    expect(client.members()).toStrictEqual([]);
    await sim.until(node.connect('n2@sim'));
    await sim.advance(1_000);
    expect(client.members()).toStrictEqual(holders);
  });

  it('keeps entries on one that is among its nodes by name, for those are fixed', async () => {
    const fixed: CacheOptions = { name: 'Cache', nodes: ['n1@sim', 'n2@sim'] };
    await sim.start('n1', { setUp: cacheOn(fixed) });
    await sim.start('n2', { hidden: true, setUp: cacheOn(fixed) });
    await sim.until(sim.node('n2').connect('n1@sim'));
    const cache = new Cache(sim.node('n1'), fixed);
    await sim.until(cache.putMany(keys.map((key, i) => [key, i])));
    await expect(sim.until(cache.getMany(keys))).resolves.toStrictEqual(keys.map((_, i) => i));
    await expect(sim.until(cache.stats('n2@sim'))).resolves.toBeGreaterThan(0);
  });

  it('refuses to have one hold entries: others would not know it', async () => {
    const node = await sim.start('n9', { hidden: true });
    await expect(sim.until(startCache(node, options))).rejects.toThrow(
      "startCache: expected a visible node, for it holds entries over 'members', got 'n9@sim'",
    );
    expect(node.registered()).not.toContain('Cache.Members');
  });
});
