import { Cache } from '@trestle/cache';
import type { Node } from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';
import { itHolds } from '../../support/property';
import { CACHE, cacheOn, fiveNodes, partOf, untilInStep, wrongCopies } from './cache-cluster';
import { Writer } from './written';

const nodes = fiveNodes.slice(0, 3);
const options = { name: 'Cache', nodes, copies: 3 };
const keys = Array.from({ length: 50 }, (_, i) => `key_${String(i)}`);

describe('what was cleared', () => {
  let sim: Simulation;
  afterEach(() => sim.stop());

  async function boot(): Promise<[Node, Node, Node]> {
    sim = new Simulation({ seed: 1, nodes: { netTickMs: 4_000 } });
    await sim.startNodes(3, { setUp: cacheOn({ ...options, syncEveryMs: 5_000 }) });
    await sim.until(untilInStep(sim));
    return sim.nodes as [Node, Node, Node];
  }
  const cacheOf = (node: Node): Cache => new Cache(node, options);
  const put = (node: Node, value: unknown) =>
    sim.until(cacheOf(node).putMany(keys.map((key) => [key, value])));
  const sizes = async () => (await Promise.all(sim.nodes.map(partOf))).map(({ store }) => store.size);

  async function cutOff(name: string): Promise<void> {
    sim.network.partition(
      [name],
      ['n1', 'n2', 'n3'].filter((other) => other !== name),
    );
    await sim.advance(6_000);
  }
  async function heal(): Promise<void> {
    sim.network.heal();
    await sim.connectAll();
    await sim.until(untilInStep(sim));
    await sim.advance(12_000);
    await sim.until(untilInStep(sim));
  }

  it('does not come back from a node that was away, nor what only that node had', async () => {
    const [a, , c] = await boot();
    await put(a, 'old');
    await sim.advance(100);
    await cutOff('n3');
    await sim.until(c.call(CACHE, { type: 'put', key: 'alone', value: 'old' }));
    await sim.until(cacheOf(a).clear());
    await expect(sizes()).resolves.toEqual([0, 0, 51]);
    await sim.until(c.call(CACHE, { type: 'put', key: 'later', value: 'new' }));
    await heal();
    await expect(sizes()).resolves.toEqual([1, 1, 1]);
    await expect(sim.until(cacheOf(a).get('later'))).resolves.toBe('new');
    expect(await wrongCopies(sim.nodes)).toStrictEqual([]);
  });

  it('is gone on every node, and leaves room for what is written on any of them as soon as that is answered', async () => {
    const [a, b] = await boot();
    // Its clock is ahead: what it clears seems to be later than what the others write.
    const part = await partOf(b);
    part.clock.observe(part.clock.next() + 3_600_000 * 1_024);
    await put(a, 'old');
    await sim.until(cacheOf(b).clear());
    await put(a, 'new');
    await sim.advance(10_000);
    await expect(sizes()).resolves.toEqual([50, 50, 50]);
  });

  it('is gone though it was written where the clock is ahead', async () => {
    const [a, b] = await boot();
    const part = await partOf(b);
    part.clock.observe(part.clock.next() + 3_600_000 * 1_024);
    await sim.until(put(b, 'old'));
    await sim.until(cacheOf(a).clear());
    await expect(sizes()).resolves.toEqual([0, 0, 0]);
    await sim.advance(10_000);
    await expect(sizes()).resolves.toEqual([0, 0, 0]);
  });

  it('does not come back with a copy that was under way meanwhile', async () => {
    const [a, b] = await boot();
    sim.network.block('n1', 'n3');
    await put(a, 'old');
    await sim.until(cacheOf(b).clear());
    sim.network.heal();
    await sim.advance(1_000);
    await expect(sizes()).resolves.toEqual([0, 0, 0]);
    await sim.advance(20_000);
    await expect(sizes()).resolves.toEqual([0, 0, 0]);
  });

  it('costs no memory for each of its keys', async () => {
    const [a] = await boot();
    await put(a, 'old');
    await sim.advance(100);
    await sim.until(cacheOf(a).clear());
    await expect(sim.until(cacheOf(a).statistics())).resolves.toMatchObject({ entries: 0, tombstones: 0 });
  });

  it('is told to a node that is started again, and to one whose message was lost', async () => {
    const [a, , c] = await boot();
    await put(a, 'old');
    await sim.advance(100);
    sim.network.block('n1', 'n3');
    await sim.until(a.call(CACHE, { type: 'clear' }));
    await sim.advance(10_000);
    sim.network.heal();
    await heal();
    await expect(sizes()).resolves.toEqual([0, 0, 0]);
    await sim.crash(c.name);
    const back = await sim.restart(c.name);
    await sim.connectAll();
    await sim.until(untilInStep(sim));
    const stamp = (await partOf(sim.nodes[0]!)).store.clearedUntil;
    expect(stamp).toBeGreaterThan(0);
    expect((await partOf(back)).store.clearedUntil).toBe(stamp);
    // And forgotten in the end, by all.
    await sim.advance(3_700_000);
    expect((await partOf(back)).store.clearedUntil).toBe(0);
  });

  itHolds('is gone after any partition, and what was written later is there', async (seeded) => {
    const all = { name: 'Cache', nodes: fiveNodes, copies: 3 };
    await seeded.startNodes(5, { setUp: cacheOn({ ...all, syncEveryMs: 2_000 }), netTickMs: 2_000 });
    const writer = new Writer(seeded, keys.slice(0, 12), 'quorum', [10, 150]);
    for (let i = 0; i < 2; i++) {
      const shuffled = seeded.random.shuffle(seeded.nodes);
      const size = 1 + seeded.random.below(shuffled.length - 1);
      seeded.network.partition(shuffled.slice(0, size), shuffled.slice(size));
      await seeded.advance(seeded.random.between(100, 5_000));
      await writer.clear(new Cache(seeded.random.pick(seeded.nodes), all));
      await seeded.advance(seeded.random.between(0, 2_000));
      seeded.network.heal();
      await seeded.advance(seeded.random.between(0, 2_000));
    }
    await writer.stop();
    await seeded.connectAll();
    await untilInStep(seeded);
    await seeded.advance(5_000);
    await untilInStep(seeded);
    expect(await wrongCopies(seeded.nodes)).toStrictEqual([]);
    const parts = await Promise.all(seeded.nodes.map(partOf));
    const present = (key: string | number) =>
      parts.map(({ store }) => store.peek(key)?.value).find((value) => value !== undefined);
    expect(writer.lost(present)).toStrictEqual([]);
    expect(writer.succeeded).toBeGreaterThan(20);
  });
});
