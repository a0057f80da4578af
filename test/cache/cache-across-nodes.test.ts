import { NodeDownError, NoProcessError, UnsendableError, type Node, type NodeName } from '@trestle/runtime';
import { Cache, startCache } from '@trestle/cache';
import { freePort } from '../support/free-port';
import { startTestNode } from '../support/test-node';

const names = [1, 2, 3, 4, 5].map((i): NodeName => `cache_${String(i)}@127.0.0.1`);
const options = { name: 'Cache', nodes: names };

describe('a cache on five nodes', () => {
  let mapperPort: number;
  let nodes: Node[];
  let caches: Cache[];

  function named(name: NodeName): Promise<Node> {
    return startTestNode({ name, cookie: 'a cookie of this test', mapperPort });
  }

  beforeEach(async () => {
    mapperPort = await freePort();
    nodes = await Promise.all(names.map(named));
    caches = await Promise.all(nodes.map((node) => startCache(node, options)));
  });

  /** A key that lives on the given node. */
  function keyOn(name: NodeName): string {
    for (let i = 0; ; i++) if (caches[0]!.ownerOf(`key_${i}`) === name) return `key_${i}`;
  }

  it('holds 5,000 keys as Erlang’s phash2 spreads them, whichever node they are put from', async () => {
    await Promise.all(Array.from({ length: 5_000 }, (_, i) => caches[0]!.put(`k_1_${i + 1}`, i + 1)));
    const stats = await Promise.all(caches.map((cache) => cache.stats()));
    expect(stats).toEqual([1026, 996, 1012, 1021, 945]);
    await expect(Promise.all(names.map((name) => caches[0]!.stats(name)))).resolves.toEqual(stats);
  });

  it('answers on every node for every key', async () => {
    const keys = ['a_key', 7, ['user', 7, ['eu']]] as const;
    for (const key of keys) await caches[0]!.put(key, { key });
    for (const cache of caches) {
      for (const key of keys) await expect(cache.get(key)).resolves.toEqual({ key });
    }
    await caches[3]!.delete(keys[2]);
    await expect(caches[1]!.get(['user', 7, ['eu']])).resolves.toBeUndefined();
  });

  it('carries every value the wire carries', async () => {
    const value = {
      n: -0,
      big: 12n,
      date: new Date(5),
      bytes: new Uint8Array([1]),
      map: new Map([[1, new Set(['x'])]]),
    };
    for (const name of names) {
      await caches[0]!.put(keyOn(name), value);
      await expect(caches[0]!.get(keyOn(name))).resolves.toEqual(value);
    }
    await caches[0]!.put(keyOn(names[1]!), null);
    await expect(caches[0]!.get(keyOn(names[1]!))).resolves.toBeNull();
    await caches[0]!.put(keyOn(names[1]!), undefined);
    await expect(caches[2]!.get(keyOn(names[1]!))).resolves.toBeUndefined();
  });

  it('refuses a value that cannot travel, at the sender', async () => {
    await expect(caches[0]!.put(keyOn(names[1]!), { f: () => 1 })).rejects.toThrow(UnsendableError);
    await expect(caches[1]!.stats()).resolves.toBe(0);
  });

  it('can be used from a node that holds none of it', async () => {
    const client = await named('client@127.0.0.1');
    const cache = await startCache(client, options);
    await cache.put('a_key', 1);
    await expect(caches[4]!.get('a_key')).resolves.toBe(1);
    await expect(cache.stats()).resolves.toBe(0);
    expect(client.whereis('Cache')).toBeUndefined();
    await expect(nodes[0]!.rpc.call(client.name, 'Cache', 'get', ['a_key'])).resolves.toBe(1);
  });

  it('can be used by rpc through any of its nodes', async () => {
    const master = await named('master@127.0.0.1');
    await expect(master.rpc.call(names[0]!, 'Cache', 'put', ['a_key', 'a_value'])).resolves.toBe('ok');
    for (const name of names)
      await expect(master.rpc.call(name, 'Cache', 'get', ['a_key'])).resolves.toBe('a_value');
  });

  it('rejects at once, with the name of the owner, what goes to a node that is down', async () => {
    const [down] = [names[2]!];
    await nodes[2]!.stop();
    const put = caches[0]!.put(keyOn(down), 1, { timeoutMs: Infinity });
    await expect(put).rejects.toThrow(NodeDownError);
    await expect(put).rejects.toMatchObject({ node: down });
    await expect(put).rejects.toThrow(`call Cache@${down} 'put': node ${down} is down`);
    await expect(caches[0]!.put(keyOn(names[1]!), 1)).resolves.toBe('ok');
  });

  it('rejects what goes to a node that runs no such cache', async () => {
    const other = new Cache(nodes[0]!, { name: 'Other', nodes: [names[1]!] });
    await expect(other.get('a_key')).rejects.toThrow(NoProcessError);
  });
});
