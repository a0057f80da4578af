import {
  Cache,
  LoadCycleError,
  LoadFailedError,
  LoadTimeoutError,
  startCache,
  startNearCache,
  type CacheOptions,
} from '@trestle/cache';
import {
  CallTimeoutError,
  stopServer,
  localName,
  type Node,
  type NodeName,
  type Pid,
  UnsendableError,
} from '@trestle/runtime';
import { VirtualClock } from '@trestle/runtime/testing';
import { LoadLeases, type LoadTurn } from '../../packages/cache/src/loads/load-leases';
import { freePort } from '../support/free-port';
import { startTestNode, watch } from '../support/test-node';

const names = [1, 2, 3].map((i): NodeName => `cache_${String(i)}@127.0.0.1`);
const options: CacheOptions = { name: 'Cache', nodes: names };

/** A promise, and what settles it. */
function gate<T>() {
  let open!: (value: T) => void;
  let fail!: (error: unknown) => void;
  const passed = new Promise<T>((resolve, reject) => ([open, fail] = [resolve, reject]));
  return { passed, open, fail };
}

/** What a call fails with. Heard at once: others may be awaited before its failure is looked at. */
function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'no failure',
    (error: unknown) => error,
  );
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
    const mine = failureOf(one.getOrLoad(key, () => passed));
    const joined = failureOf(one.getOrLoad(key, () => 'not called'));
    await waiting();
    const theirs = failureOf(other.getOrLoad(key, () => 'not called'));
    await waiting();
    const problem = Object.assign(new Error('no such user'), { code: 'E_USER' });
    fail(problem);
    const [ofMine, ofJoined, ofTheirs] = await Promise.all([mine, joined, theirs]);
    expect([ofMine, ofJoined]).toEqual([problem, problem]);
    expect(ofTheirs).toBeInstanceOf(LoadFailedError);
    expect(ofTheirs).toMatchObject({
      message: 'cache getOrLoad: the load failed: no such user',
      cause: { name: 'Error', code: 'E_USER' },
    });
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

  it('is waited for no longer than a caller says, and then loaded by somebody who still waits', async () => {
    const loader = nodes.find((node) => node.name === one.requests.node.name)!;
    void one.getOrLoad(key, () => new Promise<string>(() => undefined)).catch(() => undefined);
    await waiting();
    const hasty = other.getOrLoad(key, () => 'by nobody', { timeoutMs: 20 });
    await expect(hasty).rejects.toThrow('cache getOrLoad: no reply within 20 ms');
    await expect(hasty).rejects.toThrow(CallTimeoutError);
    const patient = owner.getOrLoad(key, () => 'by the owner');
    await waiting();
    // Its turn comes first, though nobody waits there any more.
    await loader.stop();
    await expect(patient).resolves.toBe('by the owner');
    await expect(other.getOrLoad(key, () => 'not called')).resolves.toBe('by the owner');
  });

  it('fails on every node when it cannot be stored', async () => {
    const { passed, open } = gate<string>();
    const mine = failureOf(one.getOrLoad(key, () => passed));
    await waiting();
    const theirs = failureOf(other.getOrLoad(key, () => 'not called'));
    await waiting();
    open((() => undefined) as never);
    expect(await mine).toBeInstanceOf(UnsendableError);
    expect(await theirs).toBeInstanceOf(LoadFailedError);
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

  it('are waited for by each caller for its own time; what is loaded after that is stored for the others', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const cache = await startCache<string>(node, { name: 'Cache', nodes: [node.name] });
    const { passed, open } = gate<string>();
    const load = jest.fn(() => passed);
    const hasty = cache.getOrLoad('a_key', load, { timeoutMs: 100, ttlMs: 60_000 });
    const patient = cache.getOrLoad('a_key', load);
    const refused = expect(hasty).rejects.toThrow('cache getOrLoad: no reply within 100 ms');
    await clock.advance(101);
    await refused;
    // Longer than a call usually waits.
    await clock.advance(10_000);
    open('for all');
    await expect(clock.until(patient)).resolves.toBe('for all');
    expect(load).toHaveBeenCalledTimes(1);
    const inTime = cache.getOrLoad('a_key', load, { timeoutMs: 100 });
    await expect(clock.until(inTime)).resolves.toBe('for all');
  });

  it('fail for all callers of one flight with what the loader throws, at once or later, and whatever it is', async () => {
    const node = await startTestNode();
    const cache = await startCache<string>(node, { name: 'Cache', nodes: [node.name] });
    const problems = [new CallTimeoutError('a database', 5), 'a text', undefined, new RangeError('oh no')];
    for (const problem of problems) {
      for (const isLate of [false, true]) {
        const load = jest.fn(() => {
          if (isLate) return Promise.reject(problem);
          throw problem as Error;
        });
        const callers = Array.from({ length: 20 }, () => cache.getOrLoad('a_key', load));
        for (const end of await Promise.allSettled(callers))
          expect(end).toEqual({ status: 'rejected', reason: problem });
        expect(load).toHaveBeenCalledTimes(1);
      }
    }
    await expect(cache.getOrLoad('a_key', () => 'now')).resolves.toBe('now');
  });

  it('end with the server, which can be started again', async () => {
    const node = await startTestNode();
    const one = { name: 'Cache', nodes: [node.name] };
    await startCache(node, one);
    expect(node.registered()).toContain('Cache.Loads');
    const { reason } = await watch(node, node.whereis('Cache.Loads') as Pid);
    await stopServer(node, localName('Cache'));
    await reason;
    expect(node.whereis('Cache.Loads')).toBeUndefined();
    const cache = await startCache(node, one);
    await expect(cache.getOrLoad('a', () => 1)).resolves.toBe(1);
  });
});

describe('a load that asks for what it loads', () => {
  let node: Node;
  let cache: Cache<string>;
  const options = { name: 'Cache', nodes: [] as NodeName[] };

  beforeEach(async () => {
    node = await startTestNode();
    options.nodes = [node.name];
    cache = await startCache<string>(node, options);
  });

  it('is refused before it waits for itself', async () => {
    const inner = jest.fn(() => 'x');
    const direct = cache.getOrLoad('a', () => cache.getOrLoad('a', inner));
    await expect(direct).rejects.toThrow(LoadCycleError);
    await expect(direct).rejects.toThrow('cache getOrLoad: the load of "a" would wait for itself');
    const later = cache.getOrLoad(['a', 1], async () => {
      const value = await cache.getOrLoad(['a', 1], inner);
      return value;
    });
    await expect(later).rejects.toMatchObject({ code: 'ERR_CACHE_LOAD_CYCLE', key: '["a",1]' });
    expect(inner).not.toHaveBeenCalled();
    await expect(cache.getOrLoad('a', () => 'now')).resolves.toBe('now');
  });

  it('is refused by way of other keys, of namespaces, near caches and other views', async () => {
    const near = await startNearCache(node, cache);
    const view = new Cache<string>(node, options);
    const users = [cache.namespace<string>('users'), near.namespace<string>('users')] as const;
    const circles = [
      cache.getOrLoad('a', () => cache.getOrLoad('b', () => cache.getOrLoad('a', () => 'x'))),
      near.getOrLoad('c', () => near.getOrLoad('c', () => 'x')),
      near.getOrLoad('d', () => cache.getOrLoad('d', () => 'x')),
      view.getOrLoad('e', () => cache.getOrLoad('e', () => 'x')),
      users[0].getOrLoad('f', () => users[1].getOrLoad('f', () => 'x')),
    ];
    for (const end of await Promise.allSettled(circles))
      expect(end).toMatchObject({ reason: { code: 'ERR_CACHE_LOAD_CYCLE' } });
  });

  it('is refused when two loads would wait for each other', async () => {
    const one = cache.getOrLoad('a', () => cache.getOrLoad('b', () => 'x'));
    const other = cache.getOrLoad('b', () => cache.getOrLoad('a', () => 'x'));
    const ends = await Promise.allSettled([one, other]);
    for (const end of ends) expect(end).toMatchObject({ reason: { code: 'ERR_CACHE_LOAD_CYCLE' } });
  });

  it('may ask for other keys, several at a time, and by several ways', async () => {
    const c = (): Promise<string> => cache.getOrLoad('c', () => Promise.resolve('c'));
    const b = (): Promise<string> => cache.getOrLoad('b', async () => `b${await c()}`);
    const a = cache.getOrLoad('a', async () => (await Promise.all([b(), c(), b()])).join());
    await expect(a).resolves.toBe('bc,c,bc');
    await expect(cache.getOrLoad('d', () => cache.getOrLoad('a', () => 'x'))).resolves.toBe('bc,c,bc');
  });

  it('waits for itself no longer than a load may take, where that cannot be known', async () => {
    const clock = new VirtualClock();
    const late = await startTestNode({ clock });
    const slow = await startCache<string>(late, { name: 'Cache', nodes: [late.name] });
    const wanted = slow.getOrLoad('a', async () => {
      await Promise.resolve();
      return slow.getOrLoad('a', () => 'x');
    });
    const refused = expect(wanted).rejects.toThrow(LoadTimeoutError);
    await clock.advance(30_001);
    await refused;
    await expect(clock.until(slow.getOrLoad('a', () => 'now'))).resolves.toBe('now');
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
    expect(timers).toStrictEqual([]);
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
    expect(timers).toStrictEqual([]);
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
