import { Cache, cacheSpec, startCache, type CacheOptions } from '@trestle/cache';
import { NameTakenError, startSupervisor, stopServer, type Node, type Pid } from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';
import { CACHE, cacheOn, untilInStep, wrongCopies } from './replication/cache-cluster';

const options: CacheOptions = { name: 'Cache', members: 'n', copies: 2 };
const keys = Array.from({ length: 200 }, (_, i) => `k${String(i)}`);

describe('the part of a cache under a supervisor', () => {
  let sim: Simulation;
  const supervisors = new Map<string, Pid>();

  beforeEach(async () => {
    sim = new Simulation({ seed: 5 });
    await sim.startNodes(3, {
      setUp: async (node: Node) => {
        const children = [cacheSpec(options)];
        supervisors.set(node.name, await startSupervisor(node, { strategy: 'oneForOne', children }));
      },
    });
    await sim.connectAll();
    await sim.until(untilInStep(sim));
    await sim.until(new Cache(sim.node('n1'), options).putMany(keys.map((key, i) => [key, i])));
    await sim.advance(1_000);
  });
  afterEach(() => sim.stop());

  const problems = (): unknown[] => sim.log.filter(({ level }) => level === 'error' || level === 'warning');

  it('ends in order without a word, and the others have what it had', async () => {
    const node = sim.node('n2');
    await sim.until(stopServer(node, supervisors.get(node.name)!));
    await sim.advance(2_000);
    expect(problems()).toStrictEqual([]);
    const cache = new Cache<number>(sim.node('n3'), options);
    expect(cache.members()).toStrictEqual(['n1@sim', 'n3@sim']);
    await expect(sim.until(cache.getMany(keys))).resolves.toStrictEqual(keys.map((_, i) => i));
  });

  it('that was killed comes back with its copies, and what ended with it hears nothing any more', async () => {
    const node = sim.node('n2');
    const killed = node.whereis(CACHE)!;
    node.exitSignal(killed, 'kill');
    await sim.advance(100);
    expect(node.whereis(CACHE)).not.toBe(killed);
    await sim.advance(2_000);
    await sim.until(untilInStep(sim));
    expect(await wrongCopies(sim.nodes)).toStrictEqual([]);
    const before = problems().length;
    await sim.until(stopServer(sim.node('n3'), supervisors.get('n3@sim')!));
    await sim.advance(2_000);
    expect(problems().slice(before)).toStrictEqual([]);
    const cache = new Cache<number>(node, options);
    await expect(sim.until(cache.getMany(keys))).resolves.toStrictEqual(keys.map((_, i) => i));
  });
});

it.each<[string, CacheOptions]>([
  ['members', options],
  ['nodes', { name: 'Cache', nodes: ['n1@sim', 'n2@sim'], copies: 2 }],
])('the part of a cache over %s that was killed keeps no node from leaving', async (_over, how) => {
  const sim = new Simulation({ seed: 5 });
  await sim.startNodes(2, { setUp: cacheOn(how) });
  await sim.until(untilInStep(sim));
  const node = sim.node('n2');
  await sim.until(new Cache(node, how).putMany(keys.map((key, i) => [key, i])));
  node.exitSignal(node.whereis(CACHE)!, 'kill');
  await sim.advance(10);
  expect(node.whereis(CACHE)).toBeUndefined();
  const startedAt = sim.clock.now();
  await expect(sim.until(node.drain())).resolves.toBe(true);
  expect(sim.clock.now() - startedAt).toBeLessThan(1_000);
  await sim.stop();
});

describe('the part of a cache that was stopped', () => {
  let sim: Simulation;
  beforeEach(async () => {
    sim = new Simulation({ seed: 5 });
    await sim.startNodes(3, { setUp: cacheOn(options) });
    await sim.connectAll();
    await sim.until(untilInStep(sim));
  });
  afterEach(() => sim.stop());

  it('can be started anew, and has its copies again; meanwhile its node asks the others', async () => {
    const node = sim.node('n2');
    const cache = new Cache<number>(node, options);
    await sim.until(cache.putMany(keys.map((key, i) => [key, i])));
    await sim.until(cache.drain());
    await sim.until(stopServer(node, CACHE));
    await sim.advance(500);
    expect(cache.members()).toStrictEqual(['n1@sim', 'n3@sim']);
    await expect(sim.until(cache.getMany(keys))).resolves.toStrictEqual(keys.map((_, i) => i));
    const both = [startCache<number>(node, options), startCache<number>(node, options)];
    const [anew, twice] = await sim.until(Promise.allSettled(both));
    expect([anew!.status, twice!.status]).toStrictEqual(['fulfilled', 'rejected']);
    await sim.until(untilInStep(sim));
    expect(cache.members()).toStrictEqual(['n1@sim', 'n2@sim', 'n3@sim']);
    expect(await wrongCopies(sim.nodes)).toStrictEqual([]);
    await expect(sim.until(cache.getMany(keys))).resolves.toStrictEqual(keys.map((_, i) => i));
  });

  it('is refused by its own name while it is there', async () => {
    const again = startCache(sim.node('n2'), options);
    const error: unknown = await sim.until(again.catch((problem: unknown) => problem));
    expect(error).toBeInstanceOf(NameTakenError);
    expect(error).toHaveProperty(
      'message',
      expect.stringMatching(/^startCache 'Cache': the name is taken by </),
    );
  });
});
