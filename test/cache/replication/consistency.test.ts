import { Simulation } from '@trestle/runtime/testing';
import type { CacheOptions } from '@trestle/cache';
import type { Node } from '@trestle/runtime';
import { CACHE, cacheOn, fiveNodes, partOf, recordsOf, untilInStep, wrongCopies } from './cache-cluster';
import { stampAt } from '../../../packages/cache/src/versions/hybrid-clock';

describe('copies of one key', () => {
  let sim: Simulation;
  const nodes = fiveNodes.slice(0, 3);
  const key = 'a_key';
  afterEach(() => sim.stop());

  async function boot(options: Partial<CacheOptions> = {}): Promise<[Node, Node, Node]> {
    sim = new Simulation({ seed: 1, nodes: { netTickMs: 4_000 } });
    const setUp = cacheOn({ nodes, copies: 3, syncEveryMs: 5_000, ...options });
    const started = await sim.startNodes(['n1', 'n2', 'n3'], { setUp });
    await sim.until(untilInStep(sim));
    return started as [Node, Node, Node];
  }

  const put = (
    node: Node,
    value: unknown,
    more: { ttlMs?: number; concern?: 'one' | 'quorum' | 'all' } = {},
  ) => sim.until(node.call(CACHE, { type: 'put', key, value, ...more }));
  const get = (node: Node) => sim.until(node.call(CACHE, { type: 'get', key }));
  const remove = (node: Node) => sim.until(node.call(CACHE, { type: 'delete', key }));
  const everywhere = () => Promise.all(sim.nodes.map(get));

  /** Cuts a node off until both sides have noticed. */
  async function cutOff(node: string): Promise<void> {
    sim.network.partition(
      [node],
      nodes.map((name) => name.replace('@sim', '')).filter((name) => name !== node),
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

  it('are written on any of their nodes, and read on any other', async () => {
    const [a, b, c] = await boot();
    for (const node of [a, b, c]) {
      await put(node, node.name, { concern: 'all' });
      await expect(everywhere()).resolves.toEqual([node.name, node.name, node.name]);
    }
  });

  it('are not written at all if fewer nodes are there than the write asks for', async () => {
    const [a, b, c] = await boot();
    await put(a, 'before', { concern: 'all' });
    await cutOff('n1');
    await expect(put(a, 'now', { concern: 'quorum' })).rejects.toMatchObject({
      cause: { code: 'ERR_CACHE_WRITE', message: 'cache write: 2 copies were to be written, and 1 could be' },
    });
    await expect(put(b, 'now', { concern: 'all' })).rejects.toThrow(
      '3 copies were to be written, and 2 could be',
    );
    await expect(everywhere()).resolves.toEqual(['before', 'before', 'before']);
    await put(c, 'quorum', { concern: 'quorum' });
    await put(a, 'alone', { concern: 'one' });
    await expect(everywhere()).resolves.toEqual(['alone', 'quorum', 'quorum']);
    await heal();
    await expect(everywhere()).resolves.toEqual(['alone', 'alone', 'alone']);
  });

  it('take a quorum write for newer than every one before it, though the clock of its node is behind', async () => {
    const [a, b] = await boot();
    const part = await partOf(a);
    part.clock.observe(stampAt(a.clock.wallTime() + 3_600_000));
    // It does not know of the other write, which never reached it.
    sim.network.block('n1', 'n2');
    const first = a.call(CACHE, { type: 'put', key, value: 'first', concern: 'quorum' });
    await sim.until(first);
    await put(b, 'second', { concern: 'quorum' });
    sim.network.heal();
    await sim.advance(1_000);
    await expect(everywhere()).resolves.toEqual(['second', 'second', 'second']);
  });

  it('stay deleted when a node comes back that was away when it was deleted', async () => {
    const [a, b] = await boot();
    await put(a, 'old', { concern: 'all' });
    await cutOff('n3');
    await remove(b);
    await heal();
    await expect(everywhere()).resolves.toStrictEqual([undefined, undefined, undefined]);
    await sim.advance(60_000);
    expect((await Promise.all(sim.nodes.map(partOf))).map(({ store }) => store.size)).toEqual([0, 0, 0]);
  });

  it('stay deleted though a node was away for longer than deletions are remembered', async () => {
    const [a, b, c] = await boot({ tombstoneMs: 20_000 });
    await put(a, 'old', { concern: 'all' });
    await sim.until(a.call(CACHE, { type: 'put', key: 'kept', value: 1, concern: 'all' }));
    await cutOff('n3');
    await remove(b);
    await sim.until(c.call(CACHE, { type: 'put', key: 'new', value: 2 }));
    await sim.advance(60_000);
    expect((await recordsOf(a)).has(key)).toBe(false);
    expect((await recordsOf(c)).has(key)).toBe(true);
    await heal();
    await expect(everywhere()).resolves.toStrictEqual([undefined, undefined, undefined]);
    expect(await wrongCopies(sim.nodes)).toStrictEqual([]);
    // What it had in common with the others, and what was written to it meanwhile, is there.
    const { store } = await partOf(b);
    expect([...store.entries()].map(([name]) => name).toSorted()).toEqual(['kept', 'new']);
  });

  it('end together, and do not come back from a node that has an older one', async () => {
    const [a, b] = await boot();
    await put(a, 'lasting', { concern: 'all' });
    await cutOff('n3');
    await put(b, 'short', { ttlMs: 2_000 });
    await sim.advance(4_000);
    await expect(Promise.all([get(a), get(b)])).resolves.toStrictEqual([undefined, undefined]);
    await heal();
    await expect(everywhere()).resolves.toStrictEqual([undefined, undefined, undefined]);
  });

  it('live as long as the one that is read', async () => {
    const [a, b] = await boot({ ttlMs: 4_000, sliding: true });
    await put(a, 'used', { concern: 'all' });
    for (let i = 0; i < 10; i++) {
      await sim.advance(2_000);
      await expect(get(b)).resolves.toBe('used');
    }
    const sizes = async () => (await Promise.all(sim.nodes.map(partOf))).map(({ store }) => store.size);
    await expect(sizes()).resolves.toEqual([1, 1, 1]);
    await sim.advance(7_000);
    await expect(sizes()).resolves.toEqual([0, 0, 0]);
  });

  it('are asked for one that is missing, once for all who want it', async () => {
    const [a, b] = await boot();
    await put(a, 'here');
    await sim.advance(10);
    const { store } = await partOf(b);
    store.forget(key);
    const both = [get(b), get(b), get(b)];
    await expect(Promise.all(both)).resolves.toEqual(['here', 'here', 'here']);
    expect(store.peek(key)?.value).toBe('here');
    await expect(sim.until(b.call(CACHE, { type: 'get', key: 'nowhere' }))).resolves.toBeUndefined();
  });

  it('answer "not found", in time, when the others are gone', async () => {
    const [, b] = await boot();
    await sim.crash('n1');
    const later = b.call(CACHE, { type: 'get', key: 'elsewhere' });
    await sim.crash('n3');
    await expect(sim.until(later)).resolves.toBeUndefined();
    await expect(get(b)).resolves.toBeUndefined();
  });

  it('are changed by one node at a time, wherever that is asked for', async () => {
    await boot();
    const counts = Array.from({ length: 30 }, (_, i) =>
      sim.nodes[i % 3]!.call(CACHE, { type: 'increment', key }),
    );
    const results = await sim.until(Promise.all(counts));
    expect(results.toSorted((one, other) => one - other)).toEqual(counts.map((_, i) => i + 1));
    await sim.advance(100);
    await expect(everywhere()).resolves.toEqual([30, 30, 30]);
  });

  it('are changed by the next node when the first is gone, and the count goes on', async () => {
    await boot();
    const increment = (node: Node) =>
      sim.until(node.call(CACHE, { type: 'increment', key, concern: 'quorum' }));
    for (let i = 0; i < 3; i++) await increment(sim.nodes[0]!);
    const { replicas } = await partOf(sim.nodes[0]!);
    await sim.crash(replicas!.ownersOf(key)[0]!);
    await sim.advance(100);
    for (const node of sim.nodes) await increment(node);
    await expect(increment(sim.nodes[0]!)).resolves.toBe(6);
  });

  it('refuse a value that cannot travel, also where nobody would have had to send it', async () => {
    const [a] = await boot();
    await expect(put(a, { f: () => 1 })).rejects.toMatchObject({ cause: { code: 'ERR_UNSENDABLE' } });
    await expect(everywhere()).resolves.toStrictEqual([undefined, undefined, undefined]);
  });

  it('tell what went wrong when a node does not answer a write', async () => {
    const [a, b] = await boot();
    sim.pause('n2');
    sim.pause('n3');
    await expect(put(a, 1, { concern: 'quorum' })).rejects.toMatchObject({
      cause: { code: 'ERR_CACHE_WRITE', cause: { mayHaveBeenHandled: true } },
    });
    sim.resume('n2');
    sim.resume('n3');
    await sim.advance(10_000);
    await expect(get(b)).resolves.toBe(1);
  });

  it('are all removed by clear on all nodes, and stay so', async () => {
    await boot();
    const keys = Array.from({ length: 100 }, (_, i) => i);
    await sim.until(sim.nodes[0]!.call(CACHE, { type: 'putMany', keys, values: keys }));
    await sim.advance(100);
    await sim.until(Promise.all(sim.nodes.map((node) => node.call(CACHE, { type: 'clear' }))));
    await sim.advance(30_000);
    expect((await Promise.all(sim.nodes.map(partOf))).map(({ store }) => store.size)).toEqual([0, 0, 0]);
    expect(await wrongCopies(sim.nodes)).toStrictEqual([]);
  });

  it('are shown once by a scan of all nodes', async () => {
    await boot();
    const keys = Array.from({ length: 300 }, (_, i) => i);
    await sim.until(sim.nodes[0]!.call(CACHE, { type: 'putMany', keys, values: keys }));
    await sim.advance(100);
    const pages = await sim.until(
      Promise.all(sim.nodes.map((node) => node.call(CACHE, { type: 'scan', limit: 1_000 }))),
    );
    const shown = pages.flatMap((page) => page.keys) as number[];
    expect(shown.toSorted((one, other) => one - other)).toEqual(keys);
  });
});
