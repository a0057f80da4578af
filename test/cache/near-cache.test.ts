import { startCache, startNearCache, type Cache, type CacheKey, type NearCache } from '@trestle/cache';
import { BadArgumentError, localName, stopServer, type Node, type NodeName } from '@trestle/runtime';
import { VirtualClock } from '@trestle/runtime/testing';
import { freePort } from '../support/free-port';
import { startTestNode } from '../support/test-node';

const holders = [1, 2].map((i): NodeName => `cache_${String(i)}@127.0.0.1`);
const functions = {
  append: (text: unknown, more: unknown) => `${(text as string | undefined) ?? ''}${String(more)}`,
};
const options = { name: 'Cache', nodes: holders, functions };

/** Waits until something is so; it is looked at after every turn of the event loop. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
}

describe('a near cache', () => {
  let nodes: Node[];
  let client: Node;
  let cache: Cache<string>;
  let far: Cache<string>;
  let near: NearCache<string>;

  beforeEach(async () => {
    const mapperPort = await freePort();
    const start = (name: NodeName) => startTestNode({ name, cookie: 'a cookie of this test', mapperPort });
    nodes = await Promise.all(holders.map(start));
    client = await start('client@127.0.0.1');
    [far] = (await Promise.all(nodes.map((node) => startCache<string>(node, options)))) as [Cache<string>];
    cache = await startCache<string>(client, options);
    near = await startNearCache(client, cache);
    await far.put('warm', 'x');
    await until(isNear('warm'));
  });

  /** Whether a key is read without a message; it is read if not. */
  function isNear(key: CacheKey): () => Promise<boolean> {
    return async () => {
      const before = near.statistics().hits;
      await near.get(key);
      return near.statistics().hits > before;
    };
  }

  it('reads an entry again without a message', async () => {
    await far.put('a', '1');
    await until(isNear('a'));
    const ask = jest.spyOn(cache.requests.node, 'call');
    for (let i = 0; i < 10; i++) await expect(near.get('a')).resolves.toBe('1');
    expect(ask).not.toHaveBeenCalled();
    expect(near.statistics()).toMatchObject({ entries: 2 });
  });

  it('drops what another node writes or deletes', async () => {
    for (const key of ['a', 'b', 'c', 'd']) {
      await far.put(key, 'old');
      await near.get(key);
      await far.put(key, 'new');
      await until(async () => (await near.get(key)) === 'new');
      await far.delete(key);
      await until(async () => (await near.get(key)) === undefined);
    }
    await far.put('a', 'again');
    await near.get('a');
    await far.clear();
    await until(async () => (await near.get('a')) === undefined);
  });

  it('reads at once what it writes itself', async () => {
    for (let i = 0; i < 50; i++) {
      await near.put('a', String(i));
      await expect(near.get('a')).resolves.toBe(String(i));
    }
    await near.putMany([['a', 'many']]);
    await expect(near.get('a')).resolves.toBe('many');
    await near.deleteMany(['a']);
    await expect(near.get('a')).resolves.toBeUndefined();
    await near.put('a', 'x');
    await near.delete('a');
    await expect(near.getOrLoad('a', () => 'loaded')).resolves.toBe('loaded');
  });

  it('reads at once what any of its verbs has made of an entry', async () => {
    await near.put('a', '1');
    await expect(near.get('a')).resolves.toBe('1');
    await expect(near.putIfAbsent('a', '2')).resolves.toEqual({ stored: false, value: '1' });
    await expect(near.putIfAbsent('b', '2')).resolves.toEqual({ stored: true, value: '2' });
    await expect(near.get('b')).resolves.toBe('2');
    await expect(near.compareAndSet('a', '0', '3')).resolves.toBe(false);
    await expect(near.compareAndSet('a', '1', '3')).resolves.toBe(true);
    await expect(near.get('a')).resolves.toBe('3');
    await expect(near.update('a', 'append', ['4'])).resolves.toBe('34');
    await expect(near.get('a')).resolves.toBe('34');
    for (let i = 1; i <= 20; i++) {
      await expect(near.increment('n')).resolves.toBe(i);
      await expect(near.get('n')).resolves.toBe(i);
    }
    await expect(near.clear()).resolves.toBe('ok');
    expect(near.statistics().entries).toBe(0);
    await expect(near.getMany(['a', 'b', 'n'])).resolves.toStrictEqual([undefined, undefined, undefined]);
  });

  it('reads many, asks only for those that are not near, and keeps them', async () => {
    const pairs = Array.from({ length: 100 }, (_, i) => [`k_${String(i)}`, String(i)] as const);
    const keys = pairs.map(([key]) => key);
    await far.putMany(pairs);
    await until(isNear('k_0'));
    await until(async () => (await near.getMany(keys), near.statistics().entries > 100));
    const ask = jest.spyOn(cache.requests.node, 'call');
    await expect(near.getMany(['k_7', 'k_7', ...keys])).resolves.toEqual([
      '7',
      '7',
      ...pairs.map(([, i]) => i),
    ]);
    expect(ask).not.toHaveBeenCalled();
    await expect(near.getMany(['none', 'k_1'])).resolves.toStrictEqual([undefined, '1']);
    expect(ask).toHaveBeenCalledTimes(1);
    await far.put('k_7', 'new');
    await until(async () => (await near.getMany(['k_7', 'k_8'])).join() === 'new,8');
  });

  it('tells whether there is an entry, without a message if it is near', async () => {
    const ask = jest.spyOn(cache.requests.node, 'call');
    await expect(near.has('warm')).resolves.toBe(true);
    expect(ask).not.toHaveBeenCalled();
    await expect(near.has('cold')).resolves.toBe(false);
    expect(ask).toHaveBeenCalledTimes(1);
    await near.delete('warm');
    await expect(near.has('warm')).resolves.toBe(false);
  });

  it('drops what another node changes by any verb', async () => {
    await far.put('a', '1');
    const changes = [
      () => far.update('a', 'append', ['2']),
      () => far.compareAndSet('a', '12', '3'),
      () => far.putMany([['a', '4']]),
      () => far.deleteMany(['a']),
      () => far.putIfAbsent('a', '5'),
    ];
    for (const [i, change] of changes.entries()) {
      await until(async () => (await near.get('a')) === (['1', '12', '3', '4', undefined] as const)[i]);
      await change();
    }
    await until(async () => (await near.get('a')) === '5');
  });

  it('shows the keys and entries of the cache, and has namespaces', async () => {
    await near.put('b', '2');
    const seen: unknown[] = [];
    for await (const key of near.keys()) seen.push(key);
    for await (const entry of near.entries()) seen.push(entry);
    expect(seen).toHaveLength(4);
    expect(seen).toContainEqual(['b', '2']);
    const users = near.namespace<string>('users');
    await users.put('ada', 'Ada');
    await expect(users.get('ada')).resolves.toBe('Ada');
    await until(isNear(['users', 'ada']));
    await far.put(['users', 'ada'], 'Eve');
    await until(async () => (await users.get('ada')) === 'Eve');
    await users.clear();
    await expect(users.get('ada')).resolves.toBeUndefined();
  });

  it('can be stopped; it reads on, and keeps nothing', async () => {
    await near.get('warm');
    await near.stop();
    await near.stop();
    expect(near.statistics().entries).toBe(0);
    await expect(near.get('warm')).resolves.toBe('x');
    expect(near.statistics().entries).toBe(0);
  });

  it('ends with what was written last, whatever was read meanwhile', async () => {
    const writes = (async () => {
      for (let i = 0; i <= 200; i++) await far.put('a', String(i));
    })();
    const reads = Array.from({ length: 500 }, () => near.get('a'));
    await Promise.all([writes, ...reads]);
    await until(async () => (await near.get('a')) === '200');
    await expect(near.get('a')).resolves.toBe('200');
  });

  it('drops everything when a node that holds entries is lost, and keeps nothing of it until it is back', async () => {
    const lost = holders[1]!;
    const key = Array.from({ length: 100 }, (_, i) => `k_${String(i)}`).find(
      (each) => cache.ownerOf(each) === lost,
    )!;
    await far.put(key, '1');
    await until(isNear(key));
    await nodes[1]!.stop();
    await until(() => near.statistics().entries === 0);
    await expect(near.get(key)).rejects.toMatchObject({ code: 'ERR_NODEDOWN' });
  });

  it('keeps nothing once its process has ended', async () => {
    await far.put('a', '1');
    await near.get('a');
    const label = 'near cache of Cache';
    const pid = client.processes().find((each) => client.processInfo(each)?.label === label)!;
    client.exitSignal(pid, 'kill');
    await until(() => !client.isAlive(pid));
    expect(near.statistics().entries).toBe(0);
    await expect(near.get('a')).resolves.toBe('1');
    expect(near.statistics().entries).toBe(0);
  });

  it('refuses wrong options and keys', async () => {
    await expect(startNearCache(client, cache, { maxEntries: 0 })).rejects.toThrow(BadArgumentError);
    await expect(startNearCache(client, cache, { maxAgeMs: -1 })).rejects.toThrow(
      'startNearCache: expected maxAgeMs',
    );
    await expect(near.get({} as never)).rejects.toThrow(BadArgumentError);
    await expect(near.put(NaN, '1')).rejects.toThrow(BadArgumentError);
  });
});

describe('a near cache on one node, in virtual time', () => {
  it('keeps nothing for longer than it may, nor than the entry lives, nor more than it may', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const cache = await startCache<string>(node, { name: 'Cache', nodes: [node.name] });
    const near = await startNearCache(node, cache, { maxEntries: 3, maxAgeMs: 1_000 });
    await clock.settle();
    for (let i = 0; i < 10; i++) await cache.put(`k_${String(i)}`, 'x');
    for (let i = 0; i < 10; i++) await clock.until(near.get(`k_${String(i)}`));
    expect(near.statistics()).toMatchObject({ entries: 3, hits: 0 });
    await clock.until(near.get('k_9'));
    expect(near.statistics().hits).toBe(1);
    await clock.advance(1_001);
    await clock.until(near.get('k_9'));
    expect(near.statistics().hits).toBe(1);
    await clock.until(cache.put('brief', 'x', { ttlMs: 100 }));
    await clock.settle();
    await clock.until(near.get('brief'));
    await clock.advance(200);
    await expect(clock.until(near.get('brief'))).resolves.toBeUndefined();
  });

  it('hears of a server that was started again, and keeps what it reads there', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const options = { name: 'Cache', nodes: [node.name] };
    const cache = await startCache<string>(node, options);
    const near = await startNearCache(node, cache);
    await cache.put('a', '1');
    await until(async () => (await near.get('a')) === '1' && near.statistics().hits > 0);
    await stopServer(node, localName('Cache'));
    await until(() => near.statistics().entries === 0);
    await until(() => node.whereis('Cache.Loads') === undefined);
    await startCache(node, options);
    await expect(near.get('a')).resolves.toBeUndefined();
    await clock.advance(2_000);
    await cache.put('b', '2');
    await clock.settle();
    const { hits } = near.statistics();
    for (let i = 0; i < 3; i++) await expect(near.get('b')).resolves.toBe('2');
    expect(near.statistics().hits).toBe(hits + 2);
  });
});
