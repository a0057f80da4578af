import {
  BadArgumentError,
  NameTakenError,
  NoProcessError,
  startSupervisor,
  stopServer,
  type LogRecord,
  type Node,
} from '@trestle/runtime';
import { Cache, cacheSpec, startCache, type CacheOptions } from '@trestle/cache';
import { inProcess, logOf, settle, startTestNode } from '../support/test-node';

/** An untyped request, as from a shell. */
function raw(node: Node, request: unknown): Promise<unknown> {
  return node.call<unknown, never>({ name: 'Cache', node: node.name }, request as never);
}

describe('a cache on one node', () => {
  let node: Node;
  let options: CacheOptions;
  beforeEach(async () => {
    node = await startTestNode();
    options = { name: 'Cache', nodes: [node.name] };
  });

  it('reads what was written, and undefined for what was not', async () => {
    const cache = await startCache(node, options);
    await expect(cache.put('a_key', { any: ['value'] })).resolves.toBe('ok');
    await expect(cache.get('a_key')).resolves.toEqual({ any: ['value'] });
    await expect(cache.get('no_key')).resolves.toBeUndefined();
  });

  it('keeps null as a value, and takes tuples of the same parts for one key', async () => {
    const cache = await startCache(node, options);
    await cache.put(['user', 1], null);
    await expect(cache.get(['user', 1])).resolves.toBeNull();
    await expect(cache.get(['user', '1'])).resolves.toBeUndefined();
  });

  it('counts its entries', async () => {
    const cache = await startCache(node, options);
    await Promise.all(['a', 'b', 'a', 1].map((key) => cache.put(key, key)));
    await expect(cache.stats()).resolves.toBe(3);
    await expect(cache.delete('a')).resolves.toBe('ok');
    await expect(cache.delete('nothing')).resolves.toBe('ok');
    await expect(cache.stats()).resolves.toBe(2);
  });

  it('is typed by its values', async () => {
    const cache = await startCache<{ name: string }>(node, options);
    await cache.put('a', { name: 'Ada' });
    // @ts-expect-error: a value of this cache has a name
    await cache.put('b', 1);
    expect((await cache.get('a'))?.name).toBe('Ada');
  });

  it.each([[NaN], [undefined], [null], [{}], [['a', null]]])('rejects the key %p', async (key) => {
    const cache = await startCache(node, options);
    for (const refused of [cache.get(key as never), cache.put(key as never, 1), cache.delete(key as never)]) {
      await expect(refused).rejects.toThrow(BadArgumentError);
    }
    await expect(cache.stats()).resolves.toBe(0);
  });

  it('answers the requests of a shell', async () => {
    await startCache(node, options);
    await expect(raw(node, { type: 'put', key: 1, value: 'something' })).resolves.toBe('ok');
    await expect(raw(node, { type: 'stats' })).resolves.toBe(1);
    await expect(raw(node, { type: 'get', key: 1 })).resolves.toBe('something');
  });

  it.each([
    [{ type: 'grow' }],
    [{ type: 'put', value: 1 }],
    [{ type: 'get', key: {} }],
    [{ type: 'delete', key: NaN }],
    ['stats'],
    [null],
    [undefined],
  ])('refuses %p with an error as data, and keeps its entries', async (request) => {
    const cache = await startCache(node, options);
    await cache.put('a', 1);
    const cause = { type: 'error', name: 'BadArgumentError', code: 'ERR_BAD_ARGUMENT' };
    await expect(raw(node, request)).rejects.toMatchObject({ code: 'ERR_REMOTE', cause });
    await expect(cache.get('a')).resolves.toBe(1);
  });

  it('shows a message that is no request, and keeps its entries when it gets a cast', async () => {
    const cache = await startCache(node, options);
    await cache.put('a', 1);
    node.send('Cache', 'hey there');
    node.cast('Cache' as never, { type: 'clear' } as never);
    await settle();
    const lines = logOf(node).filter(({ level }: LogRecord) => level !== 'debug');
    expect(lines.map(({ text }) => text)).toEqual([
      "Cache received 'hey there'",
      "Cache received { type: 'clear' }",
    ]);
    await expect(cache.get('a')).resolves.toBe(1);
  });

  it('can be called by rpc under the name Cache, another one, or not at all', async () => {
    await startCache(node, options);
    await startCache(node, { ...options, name: 'second', expose: 'Second' });
    await startCache(node, { ...options, name: 'third', expose: false });
    await node.rpc.call(node.name, 'Cache', 'put', ['toto', 12]);
    await expect(node.rpc.call(node.name, 'Cache', 'get', ['toto'])).resolves.toBe(12);
    await expect(node.rpc.call(node.name, 'Cache', 'stats')).resolves.toBe(1);
    await expect(node.rpc.call(node.name, 'Second', 'stats')).resolves.toBe(0);
    await expect(node.rpc.call(node.name, 'Cache', 'delete', ['toto'])).resolves.toBe('ok');
    await expect(node.rpc.call(node.name, 'Cache', 'get', [NaN])).rejects.toThrow(/a finite number/);
  });

  it('refuses a second server of its name', async () => {
    await startCache(node, options);
    await expect(startCache(node, options)).rejects.toThrow(NameTakenError);
  });

  it('is linked to the process that starts it', async () => {
    const pid = await inProcess(node, async (self) => {
      await startCache(self, options);
      return node.whereis('Cache');
    });
    await settle();
    expect(node.isAlive(pid!)).toBe(true);
    const crashed = node.spawn(async (self) => {
      await startCache(self, { ...options, name: 'linked', expose: false });
      return self.exit('crash');
    });
    await settle();
    expect([node.isAlive(crashed), node.whereis('linked')]).toStrictEqual([false, undefined]);
  });

  it('is restarted by its supervisor, empty', async () => {
    const supervisor = await startSupervisor(node, { strategy: 'oneForOne', children: [cacheSpec(options)] });
    const cache = new Cache(node, options);
    await cache.put('a', 1);
    node.exitSignal('Cache', 'kill');
    await settle();
    await expect(cache.get('a')).resolves.toBeUndefined();
    await stopServer(node, supervisor);
    await expect(cache.get('a')).rejects.toThrow(NoProcessError);
  });

  it.each([
    ['no name', { name: '' }, /startCache: expected name to be a string that is not empty/],
    ['no nodes', { nodes: [] }, /expected nodes to be at least one node name/],
    [
      'a bad node name',
      { nodes: ['a'] },
      /expected nodes.0 to be a node name of the form 'name@host', got 'a'/,
    ],
    ['a node twice', { nodes: ['a@h', 'a@h'] }, /expected nodes to be node names that differ/],
    ['a bad module name', { expose: '' }, /expected expose to be a module name, or false/],
    ['a typo', { node: 'a@h' }, /node/],
  ])('refuses options: %s', async (_what, wrong, message) => {
    const all: CacheOptions = { ...options, ...wrong };
    await expect(startCache(node, all)).rejects.toThrow(BadArgumentError);
    await expect(startCache(node, all)).rejects.toThrow(message);
    expect(() => cacheSpec(all)).toThrow(BadArgumentError);
    expect(() => new Cache(node, all)).toThrow(BadArgumentError);
  });
});
