import { LoadFailedError, LoadTimeoutError, startCache, type Cache, type CacheOptions } from '@trestle/cache';
import { stopServer, localName, type Node, type NodeName, UnsendableError } from '@trestle/runtime';
import { VirtualClock } from '@trestle/runtime/testing';
import { LoadLeases, type LoadTurn } from '../../packages/cache/src/loads/load-leases';
import { freePort } from '../support/free-port';
import { startTestNode } from '../support/test-node';

const names = [1, 2, 3].map((i): NodeName => `cache_${String(i)}@127.0.0.1`);
const options: CacheOptions = { name: 'Cache', nodes: names };

/** A promise, and what settles it. */
function gate<T>() {
  let open!: (value: T) => void;
  let fail!: (error: unknown) => void;
  const passed = new Promise<T>((resolve, reject) => ([open, fail] = [resolve, reject]));
  return { passed, open, fail };
}

describe('a value that is loaded by one for all', () => {
  let nodes: Node[];
  let caches: Cache<string>[];
  /** The cache on the node that owns the key, and those on two others. */
  let owner: Cache<string>;
  let one: Cache<string>;
  let other: Cache<string>;
  const key = 'a_key';

  beforeEach(async () => {
    const mapperPort = await freePort();
    const start = (name: NodeName) => startTestNode({ name, cookie: 'a cookie of this test', mapperPort });
    nodes = await Promise.all(names.map(start));
    caches = await Promise.all(nodes.map((node) => startCache<string>(node, options)));
    const at = names.indexOf(caches[0]!.ownerOf(key));
    [owner, one, other] = [caches[at]!, caches[(at + 1) % 3]!, caches[(at + 2) % 3]!];
  });

  /** Resolves when callers of so many nodes wait for the one that loads. */
  async function waiting(): Promise<void> {
    for (const node of nodes)
      for (const to of names) if (to !== node.name) await node.rpc.call(to, 'Node', 'alive');
  }

  it('is loaded once for a thousand callers on several nodes, and written', async () => {
    let loads = 0;
    const load = async (): Promise<string> => {
      loads += 1;
      await waiting();
      return 'a value';
    };
    const callers = Array.from({ length: 1_000 }, (_, i) => caches[i % 3]!.getOrLoad(key, load));
    expect(new Set(await Promise.all(callers))).toEqual(new Set(['a value']));
    expect(loads).toBe(1);
    await expect(one.get(key)).resolves.toBe('a value');
    await expect(other.getOrLoad(key, load)).resolves.toBe('a value');
    expect(loads).toBe(1);
  });

  it('is loaded for each key by itself', async () => {
    const keys = Array.from({ length: 50 }, (_, i) => `k_${String(i)}`);
    const loaded: unknown[] = [];
    const load = (wanted: unknown): string => {
      loaded.push(wanted);
      return String(wanted);
    };
    const values = await Promise.all(
      keys.flatMap((wanted) => caches.map((cache) => cache.getOrLoad(wanted, load))),
    );
    expect(values).toEqual(keys.flatMap((wanted) => [wanted, wanted, wanted]));
    expect(loaded.toSorted()).toEqual(keys.toSorted());
  });

  it('fails for all who wait when the load fails, and is loaded anew after that', async () => {
    const { passed, fail } = gate<string>();
    const mine = one.getOrLoad(key, () => passed);
    const joined = one.getOrLoad(key, () => 'not called');
    await waiting();
    const theirs = other.getOrLoad(key, () => 'not called');
    await waiting();
    const problem = Object.assign(new Error('no such user'), { code: 'E_USER' });
    fail(problem);
    await expect(mine).rejects.toBe(problem);
    await expect(joined).rejects.toBe(problem);
    await expect(theirs).rejects.toThrow(LoadFailedError);
    await expect(theirs).rejects.toThrow('cache getOrLoad: the load failed: no such user');
    await expect(theirs).rejects.toMatchObject({ cause: { name: 'Error', code: 'E_USER' } });
    await expect(other.getOrLoad(key, () => 'now')).resolves.toBe('now');
  });

  it('is loaded by another node when the loader’s node is lost', async () => {
    const lost = nodes.find((node) => node.name === one.requests.node.name)!;
    void one.getOrLoad(key, () => new Promise<string>(() => undefined)).catch(() => undefined);
    await waiting();
    const theirs = other.getOrLoad(key, () => 'by another');
    await waiting();
    await lost.stop();
    await expect(theirs).resolves.toBe('by another');
    await expect(owner.get(key)).resolves.toBe('by another');
  });

  it('fails on every node when it cannot be stored', async () => {
    const { passed, open } = gate<string>();
    const mine = one.getOrLoad(key, () => passed);
    await waiting();
    const theirs = other.getOrLoad(key, () => 'not called');
    await waiting();
    open((() => undefined) as never);
    await expect(mine).rejects.toThrow(UnsendableError);
    await expect(theirs).rejects.toThrow(LoadFailedError);
  });

  it('is loaded each time if it is undefined', async () => {
    let loads = 0;
    const load = (): never => void (loads += 1) as never;
    await expect(one.getOrLoad(key, load)).resolves.toBeUndefined();
    await expect(other.getOrLoad(key, load)).resolves.toBeUndefined();
    expect(loads).toBe(2);
  });

  it('is written as the options say', async () => {
    const put = jest.spyOn(one, 'put');
    await one.getOrLoad(key, () => 'brief', { ttlMs: 60_000, concern: 'all' });
    expect(put).toHaveBeenCalledWith(key, 'brief', { ttlMs: 60_000, concern: 'all' });
    const refused = one.getOrLoad('another', () => 'x', { ttlMs: -1 });
    await expect(refused).rejects.toThrow('cache getOrLoad: expected ttlMs to be milliseconds above 0');
  });

  it.each([
    [undefined, {}],
    ['a function', {}],
    [() => 'x', { loadTimeoutMs: 0 }],
    [() => 'x', { loadTimeoutMs: NaN }],
    [() => 'x', { loadTimeoutMs: 2 ** 40 }],
  ])('refuses %p with %p by name', async (load, wrong) => {
    await expect(one.getOrLoad('another', load as never, wrong)).rejects.toThrow(
      /^cache getOrLoad: expected/,
    );
  });
});

describe('loads on one node, in virtual time', () => {
  it('give up after their time, and tell so; what comes late is not stored', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const cache = await startCache<string>(node, { name: 'Cache', nodes: [node.name] });
    const { passed, open } = gate<string>();
    const mine = cache.getOrLoad('a_key', () => passed, { loadTimeoutMs: 1_000 });
    const refused = expect(mine).rejects.toThrow(LoadTimeoutError);
    await clock.advance(1_001);
    await refused;
    open('too late');
    await clock.settle();
    await expect(clock.until(cache.get('a_key'))).resolves.toBeUndefined();
    await expect(clock.until(cache.getOrLoad('a_key', () => 'in time'))).resolves.toBe('in time');
  });

  it('end with the server, which can be started again', async () => {
    const node = await startTestNode();
    const one = { name: 'Cache', nodes: [node.name] };
    await startCache(node, one);
    expect(node.registered()).toContain('Cache.Loads');
    await stopServer(node, localName('Cache'));
    while (node.whereis('Cache.Loads') !== undefined) await new Promise((resolve) => setImmediate(resolve));
    const cache = await startCache(node, one);
    await expect(cache.getOrLoad('a', () => 1)).resolves.toBe(1);
  });
});

describe('who loads', () => {
  const told: string[] = [];
  const timers: string[] = [];
  let leases: LoadLeases;
  const seeker = (node: string) => ({
    node,
    leaseMs: 10,
    answer: (turn: LoadTurn) => void told.push(`${node} ${turn.turn}`),
  });

  beforeEach(() => {
    told.length = timers.length = 0;
    leases = new LoadLeases((key, lease) => {
      timers.push(`${key} ${String(lease)}`);
      return () => void timers.splice(timers.indexOf(`${key} ${String(lease)}`), 1);
    });
  });

  it('is the first; the others are told when it is stored', () => {
    for (const node of ['a', 'b', 'c']) leases.seek('k', seeker(node));
    leases.end('k', 1, { type: 'stored' });
    expect(told).toEqual(['a load', 'b stored', 'c stored']);
    expect(leases.size).toBe(0);
    expect(timers).toEqual([]);
  });

  it('is the next one when the first gives up, takes too long or is lost', () => {
    for (const node of ['a', 'b', 'c', 'd']) leases.seek('k', seeker(node));
    leases.end('k', 1, { type: 'gaveUp' });
    leases.expire('k', 2);
    leases.nodeLost('c');
    expect(told).toEqual(['a load', 'b load', 'c load', 'd load']);
    expect(timers).toEqual(['k 4']);
    leases.end('k', 1, { type: 'failed', error: 'late' });
    expect(leases.size).toBe(1);
    leases.end('k', 4, { type: 'failed', error: 'in time' });
    expect(leases.size).toBe(0);
    expect(timers).toEqual([]);
  });

  it('is nobody when all who wanted it are lost', () => {
    for (const node of ['a', 'b']) leases.seek('k', seeker(node));
    leases.nodeLost('b');
    leases.nodeLost('a');
    expect(told).toEqual(['a load']);
    expect(leases.size).toBe(0);
    leases.seek('k', seeker('c'));
    expect(told).toEqual(['a load', 'c load']);
  });
});
