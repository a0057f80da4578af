import { startCache, startNearCache, type Cache, type NearCache } from '@trestle/cache';
import { BadArgumentError, localName, stopServer, type Node, type NodeName } from '@trestle/runtime';
import { VirtualClock } from '@trestle/runtime/testing';
import { freePort } from '../support/free-port';
import { startTestNode } from '../support/test-node';

const holders = [1, 2].map((i): NodeName => `cache_${String(i)}@127.0.0.1`);
const options = { name: 'Cache', nodes: holders };

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
  function isNear(key: string): () => Promise<boolean> {
    return async () => {
      const before = near.statistics().hits;
      await near.get(key);
      return near.statistics().hits > before;
    };
  }

  it('reads an entry again without a message', async () => {
    await far.put('a', '1');
    await until(isNear('a'));
    const ask = jest.spyOn(cache.requests, 'askNode');
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

  it('hears of a server that was started again', async () => {
    const node = await startTestNode();
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
  });
});
