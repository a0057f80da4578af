import { Cache, cacheSpec, type CacheOptions } from '@trestle/cache';
import { startSupervisor, stopServer, type Node, type Pid } from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';
import { CACHE, untilInStep, wrongCopies } from './replication/cache-cluster';

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
