import { Simulation, forAllSeeds } from '@trestle/runtime/testing';
import type { CacheEvent, CacheOptions, WriteConcern } from '@trestle/cache';
import { formatLogRecord, type Node } from '@trestle/runtime';
import { CACHE, cacheOn, fiveNodes, partOf, recordsOf, untilInStep, wrongCopies } from './cache-cluster';

const keys = Array.from({ length: 2_000 }, (_, i) => `key_${i}`);
/** Of so many seeds one has all the keys, which are copied in many chunks; the others have a few of them, to be quick. */
const seedsPerLong = 20;

async function fill(
  node: Node,
  written: readonly string[] = keys,
  concern: WriteConcern = 'all',
): Promise<void> {
  await node.call(CACHE, { type: 'putMany', keys: written, values: written, concern });
}

async function total(nodes: readonly Node[]): Promise<number> {
  const parts = await Promise.all(nodes.map(partOf));
  return parts.reduce((sum, { store }) => sum + store.size, 0);
}

/** Waits until every copy is where it belongs, and nowhere else. */
async function settled(sim: Simulation): Promise<void> {
  await sim.clock.untilTrue(() => sim.nodes.every((node) => node.list().length === sim.nodes.length - 1));
  await untilInStep(sim);
  await sim.advance(3_000);
  await untilInStep(sim);
  expect((await wrongCopies(sim.nodes)).slice(0, 3)).toStrictEqual([]);
}

describe.each([
  [1, 'rendezvous'],
  [3, 'rendezvous'],
  [3, 'ring'],
  [2, 'tokens'],
] as const)('a cache with %d copies by %s over members that come and go', (copies, routing) => {
  it(
    'has every entry where it belongs after each coming and going, while it is used',
    () =>
      forAllSeeds('entries follow their owners', async (sim) => {
        const held = sim.seed % seedsPerLong === 0 ? keys : keys.slice(0, 100);
        const setUp = cacheOn({ members: 'n', copies, routing, syncEveryMs: 5_000 });
        await sim.startNodes(3, { setUp });
        await settled(sim);
        await fill(sim.nodes[0]!, held);
        await sim.start('n4', { setUp });
        await sim.connectAll();
        // Whoever is asked meanwhile finds every key.
        for (const node of sim.nodes) {
          await expect(node.call(CACHE, { type: 'getMany', keys: held })).resolves.toEqual(held);
        }
        await settled(sim);
        expect(await total(sim.nodes)).toBe(copies * held.length);
        if (copies > 1) {
          await sim.crash('n2');
          await settled(sim);
          expect(await total(sim.nodes)).toBe(copies * held.length);
        }
        await expect(sim.nodes[1]!.call(CACHE, { type: 'getMany', keys: held })).resolves.toEqual(held);
      }),
    600_000,
  );
});

describe('a node of a cache with copies', () => {
  let sim: Simulation;
  beforeEach(() => {
    sim = new Simulation({ seed: 3 });
  });
  afterEach(() => sim.stop());

  const options: Partial<CacheOptions> & Pick<CacheOptions, 'nodes' | 'members'> = {
    nodes: fiveNodes.slice(0, 3),
    copies: 2,
  };

  it('gives its entries away before it goes, and takes no more', async () => {
    await sim.startNodes(3, { setUp: cacheOn(options) });
    await sim.until(untilInStep(sim));
    const [a, b, c] = sim.nodes as [Node, Node, Node];
    await sim.until(fill(a));
    const held = (await partOf(b)).store.size;
    await expect(sim.until(b.call(CACHE, { type: 'drain' }))).resolves.toBe(held);
    const put = b.call(CACHE, { type: 'put', key: 'late', value: 1 });
    await expect(sim.until(put)).rejects.toMatchObject({
      cause: { code: 'ERR_CACHE_DRAINING', message: 'cache write: n2@sim is draining' },
    });
    await expect(sim.until(b.call(CACHE, { type: 'statistics' }))).resolves.toMatchObject({
      state: 'draining',
    });
    // Who has taken a copy in its place keeps it, and the node does not take its copies back.
    await sim.advance(70_000);
    expect((await partOf(b)).store.size).toBe(0);
    await sim.stopNode('n2');
    await sim.crash('n3');
    await sim.advance(100);
    // Each key has gone to a node that had none of it before.
    await expect(sim.until(a.call(CACHE, { type: 'getMany', keys }))).resolves.toEqual(keys);
    expect(sim.runs(c)).toBe(false);
  });

  it('gives nothing away if nobody is there to take it', async () => {
    const setUp = cacheOn({ nodes: ['n1@sim'], copies: 2 });
    const node = await sim.start('n1', { setUp });
    await sim.until(fill(node));
    await expect(sim.until(node.call(CACHE, { type: 'drain' }))).resolves.toBe(0);
    await expect(sim.until(node.call(CACHE, { type: 'get', key: keys[0]! }))).resolves.toBe(keys[0]);
  });

  it('tells how far it is with copying what it has missed', async () => {
    await sim.startNodes(3, { setUp: cacheOn({ ...options, copies: 3 }) });
    await sim.until(untilInStep(sim));
    await sim.until(fill(sim.nodes[0]!));
    await sim.crash('n3');
    await sim.start('n4');
    const probe = await sim.probe<CacheEvent>('n4');
    const events: CacheEvent[] = [];
    await sim.restart('n3');
    const subscribe = { type: 'subscribe', events: ['rehydration'], pid: probe.pid } as const;
    await sim.until(sim.node('n4').call(CACHE.on('n3@sim'), subscribe));
    do events.push((await sim.until(probe.expectMessage())) as CacheEvent);
    while (events.at(-1)!.event === 'rehydration' && (events.at(-1) as { progress: number }).progress < 1);
    const progress = events.map((event) => (event.event === 'rehydration' ? event.progress : NaN));
    expect(progress.toSorted((one, other) => one - other)).toEqual(progress);
    expect(progress[0]).toBeLessThan(1);
    expect(events.at(-1)).toMatchObject({ entries: keys.length, node: 'n3@sim', cache: 'Cache' });
  });

  it('tells whose copying came to nothing, so that nobody waits for its end', async () => {
    await sim.startNodes(3, { setUp: cacheOn({ ...options, copies: 3 }) });
    await sim.until(untilInStep(sim));
    await sim.until(fill(sim.nodes[0]!));
    await sim.crash('n3');
    await sim.start('n4');
    const probe = await sim.probe<CacheEvent>('n4');
    await sim.restart('n3');
    const subscribe = { type: 'subscribe', events: ['rehydration'], pid: probe.pid } as const;
    await sim.until(sim.node('n4').call(CACHE.on('n3@sim'), subscribe));
    const next = async () => (await sim.until(probe.expectMessage())) as CacheEvent & { from: string };
    const first = await next();
    await sim.crash(first.from);
    let event = first;
    while (event.from === first.from && !('lost' in event)) event = await next();
    expect(event).toMatchObject({ from: first.from, lost: true });
    do event = await next();
    while (event.event === 'rehydration' && event.progress < 1);
    expect(event).toMatchObject({ from: expect.not.stringContaining(first.from), progress: 1 });
    expect(event).not.toHaveProperty('lost');
  });

  it('copies from another one when the first dies, or what it said is lost', async () => {
    await sim.startNodes(3, { setUp: cacheOn({ ...options, copies: 3 }) });
    await sim.until(untilInStep(sim));
    await sim.until(fill(sim.nodes[0]!));
    await sim.crash('n3');
    const back = await sim.restart('n3');
    await sim.connectAll();
    const part = await partOf(back);
    await sim.clock.untilTrue(() => part.store.size > 100);
    expect(part.store.size).toBeLessThan(keys.length);
    // Whichever it copies from goes, or hears nothing for a while.
    await sim.crash('n1', { silently: true });
    sim.network.block('n2', 'n3');
    await sim.advance(3_000);
    sim.network.heal('n2', 'n3');
    await sim.clock.untilTrue(() => part.store.size === keys.length, { withinMs: 60_000 });
    expect(await recordsOf(back)).toEqual(await recordsOf(sim.node('n2')));
  });

  it('that is full takes no copies that nobody asks for, and what is written', async () => {
    const small = { ...options, copies: 3 };
    const setUp = (node: Node) =>
      cacheOn(node.name === 'n3@sim' ? { ...small, maxEntries: 500 } : small)(node);
    await sim.startNodes(3, { setUp });
    await sim.until(untilInStep(sim));
    await sim.until(fill(sim.nodes[0]!));
    await sim.crash('n3');
    const back = await sim.restart('n3');
    await sim.connectAll();
    await sim.until(untilInStep(sim));
    const { store } = await partOf(back);
    expect(store.statistics).toMatchObject({ entries: 500, evictions: 0 });
    await sim.until(sim.nodes[0]!.call(CACHE, { type: 'put', key: 'new', value: 1, concern: 'all' }));
    expect(store.statistics).toMatchObject({ entries: 500, evictions: 1 });
    // It answers for what it has no room for all the same.
    await expect(sim.until(back.call(CACHE, { type: 'getMany', keys }))).resolves.toEqual(keys);
  });

  it.each<[Partial<CacheOptions>, string]>([
    [
      { routing: 'ring' },
      "expected routing to be the same on all nodes, got 'ring(1024)' on n3@sim and 'modulo' on n",
    ],
    [
      { nodes: [...fiveNodes.slice(0, 3), 'n9@sim'] },
      "expected its members to be the same on all nodes, got 'n1@sim, n2@sim, n3@sim, n9@sim' on n3@sim",
    ],
    [{ copies: 3 }, 'expected copies to be the same on all nodes, got 3 on n3@sim and 2 on n'],
    [{ ttlMs: 5_000 }, 'expected ttlMs to be the same on all nodes, got 5000 on n3@sim and Infinity on n'],
    [
      { functions: { f: () => 1 } },
      "expected functions to be the same on all nodes, got 'f' on n3@sim and '' on n",
    ],
  ])('that has other options, %p, ends and says which', async (different, message) => {
    await sim.startNodes(2, { setUp: cacheOn(options) });
    await sim.until(untilInStep(sim));
    await sim.until(fill(sim.nodes[0]!, keys, 'one'));
    await sim.advance(5_000);
    const late = await sim.start('n3', { setUp: cacheOn({ ...options, ...different }) });
    await sim.until(late.connect('n1@sim'));
    await sim.advance(100);
    expect(late.whereis('Cache')).toBeUndefined();
    const errors = sim.log.filter(({ node, level }) => node === 'n3@sim' && level === 'error');
    expect(errors.map(formatLogRecord)).toStrictEqual([expect.stringContaining(`cache 'Cache': ${message}`)]);
    expect(formatLogRecord(errors[0]!)).not.toContain('\n');
    // Who was there before goes on.
    await expect(sim.until(sim.nodes[0]!.call(CACHE, { type: 'getMany', keys }))).resolves.toEqual(keys);
  });

  it('of another version is refused, and the one that was there goes on', async () => {
    await sim.startNodes(1, { setUp: cacheOn(options) });
    await sim.start('n2');
    const stranger = await sim.probe('n2');
    await sim.connectAll();
    await sim.advance(1_000);
    const bornAt = Number.MAX_SAFE_INTEGER;
    const hello = { options: { 'its protocol': 1 }, entries: 0, bornAt };
    stranger.send({ name: 'Cache', node: 'n1@sim' }, ['cache:hello', stranger.pid, hello]);
    await expect(sim.until(stranger.expectMessage())).resolves.toEqual([
      'cache:refused',
      expect.any(String),
      "cache 'Cache': expected its protocol to be the same on all nodes, got 3 on n1@sim and 1 on n2@sim",
    ]);
    await expect(sim.until(sim.node('n1').call(CACHE, { type: 'stats' }))).resolves.toBe(0);
  });
});
