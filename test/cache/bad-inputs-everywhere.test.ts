import { Cache, CacheClient, type CacheOptions } from '@trestle/cache';
import { BadArgumentError } from '@trestle/runtime';
import { Simulation } from '@trestle/runtime/testing';
import { cacheOn, partOf, untilInStep } from './replication/cache-cluster';

const options: CacheOptions = {
  ...{ name: 'Cache', members: 'n', copies: 2 },
  functions: { add: (value, by) => Number(value ?? 0) + Number(by) },
};
type Loose = Record<keyof Cache, (...args: unknown[]) => Promise<unknown>>;
const key = 'a_key';

/** Calls that are wrong, with what each of them is refused with; none of them must change anything, wherever the owner is. */
const wrong: readonly (readonly [text: string, call: (cache: Loose) => Promise<unknown>])[] = [
  ['cache get: expected a key', (it) => it.get({})],
  ['cache get: expected options to be of type object', (it) => it.get(key, 7)],
  ['cache get: expected timeoutMs', (it) => it.get(key, { timeoutMs: -1 })],
  ['cache has: expected a key', (it) => it.has(NaN)],
  ['cache put: expected a key', (it) => it.put(null, 1)],
  ['cache put: expected ttlMs', (it) => it.put(key, 1, { ttlMs: -5 })],
  ['cache put: expected concern', (it) => it.put(key, 1, { concern: 'most' })],
  ["cache put: expected options to have no 'ttl'", (it) => it.put(key, 1, { ttl: 5 })],
  ["cache delete: expected options to have no 'ttlMs'", (it) => it.delete(key, { ttlMs: 5 })],
  ['cache putIfAbsent: expected a key', (it) => it.putIfAbsent(undefined, 1)],
  ['cache putIfAbsent: expected sliding', (it) => it.putIfAbsent(key, 1, { sliding: 'yes' })],
  ['cache compareAndSet: expected a key', (it) => it.compareAndSet([{}], 1, 2)],
  ['cache compareAndSet: expected ttlMs', (it) => it.compareAndSet(key, 1, 2, { ttlMs: NaN })],
  ['cache update: expected the name of a function', (it) => it.update(key, 7)],
  ['cache update: expected args to be an array', (it) => it.update(key, 'add', 7)],
  ['cache increment: expected a finite number to add', (it) => it.increment(key, Infinity)],
  ['cache increment: expected timeoutMs', (it) => it.increment(key, 1, { timeoutMs: 'soon' })],
  ['cache getMany: expected keys to be a list', (it) => it.getMany('text')],
  ['cache getMany: expected a key', (it) => it.getMany([key, {}])],
  ['cache putMany: expected entries to be a list', (it) => it.putMany(7)],
  ['cache putMany: expected each entry to be a pair', (it) => it.putMany([[key, 1], [key]])],
  [
    'cache putMany: expected a key',
    (it) =>
      it.putMany([
        [key, 1],
        [{}, 1],
      ]),
  ],
  ['cache deleteMany: expected a key', (it) => it.deleteMany([key, NaN])],
  ['cache getOrLoad: expected a function', (it) => it.getOrLoad(key, 7)],
  ['cache getOrLoad: expected a key', (it) => it.getOrLoad({}, () => 1)],
  ['cache getOrLoad: expected loadTimeoutMs', (it) => it.getOrLoad(key, () => 1, { loadTimeoutMs: -1 })],
  ['cache clear: expected timeoutMs', (it) => it.clear({ timeoutMs: -1 })],
  ['cache stats: expected a node name', (it) => it.stats(7)],
  ['cache statistics: expected a node that can hold', (it) => it.statistics('web@sim')],
  ['cache totals: expected timeoutMs', (it) => it.totals({ timeoutMs: null })],
  ['cache drain: expected a node that can hold', (it) => it.drain('web@sim')],
];

/** What the server alone can tell. */
const refused: typeof wrong = [
  [
    "cache update: expected one of the cache's functions (add), got 'toString'",
    (it) => it.update(key, 'toString'),
  ],
  ["cache increment: expected a value that is a number, got 'a text'", (it) => it.increment(key)],
];

const roles: Record<string, (sim: Simulation, owners: readonly string[]) => Promise<string>> = {
  'on its owner': (_sim, [first]) => Promise.resolve(first!),
  'on a node that has a copy': (_sim, [, second]) => Promise.resolve(second!),
  'on a member that does not own it': (sim, owners) =>
    Promise.resolve(sim.nodes.find(({ name }) => name.startsWith('n') && !owners.includes(name))!.name),
  'on a client': () => Promise.resolve('web@sim'),
  'on a hidden client': () => Promise.resolve('tool@sim'),
  'when its first owner is lost': async (sim, [first]) => {
    await sim.crash(first!);
    // Until that is known, what has been sent there may have been handled.
    await sim.advance(1_000);
    return 'web@sim';
  },
  'when its first owner drains': async (sim, [first]) => {
    await sim.until(sim.node(first!).drain());
    return 'web@sim';
  },
  'on an owner that has drained its part': async (sim, [first]) => {
    await sim.until(new Cache(sim.node(first!), options).drain());
    return first!;
  },
};

describe.each(Object.keys(roles))('a wrong request for a key, %s', (role) => {
  let sim: Simulation;
  beforeEach(() => void (sim = new Simulation({ seed: 11 })));
  afterEach(() => sim.stop());

  it('is refused by the name of its call, and changes nothing', async () => {
    await sim.startNodes(3, { setUp: cacheOn(options) });
    await sim.until(untilInStep(sim));
    await sim.until(new Cache(sim.node('n1'), options).put(key, 'a text', { concern: 'all' }));
    const owners = (await partOf(sim.node('n1'))).replicas!.ownersOf(key);
    for (const [name, hidden] of [
      ['web', false],
      ['tool', true],
    ] as const) {
      const node = await sim.start(name, { hidden });
      await sim.until(CacheClient.start(node, { ...options, connectTo: ['n1@sim', 'n2@sim'] }));
    }
    const place = sim.node(await roles[role]!(sim, owners));
    const cache = new Cache(place, options);
    for (const [text, call] of [...wrong, ...refused]) {
      const end = await sim.until(Promise.allSettled([call(cache as unknown as Loose)]));
      expect(end).toMatchObject([{ status: 'rejected', reason: { message: expect.stringContaining(text) } }]);
      expect((end[0] as PromiseRejectedResult).reason).toBeInstanceOf(BadArgumentError);
    }
    await expect(sim.until(cache.get(key))).resolves.toBe('a text');
  });
});
