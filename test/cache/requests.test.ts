import { startCache, type CacheEvent, type CacheOptions, type CacheServer } from '@trestle/cache';
import { localName, type Node, type ServerRef } from '@trestle/runtime';
import { createTestNode, type TestNode } from '@trestle/runtime/testing';

const CACHE = localName<CacheServer>('Cache');

describe('the server of a cache', () => {
  let test: TestNode;
  let node: Node;
  const server: ServerRef<CacheServer> = CACHE;

  async function start(options: Partial<CacheOptions> = {}): Promise<void> {
    test = await createTestNode();
    node = test.node;
    await startCache(node, { name: 'Cache', nodes: [node.name], ...options });
  }
  afterEach(() => test.stop());

  it('writes, reads and deletes many keys with one request', async () => {
    await start();
    const keys = ['a', 1, ['t', 2]] as const;
    await node.call(server, { type: 'putMany', keys, values: [1, 2, 3] });
    await expect(node.call(server, { type: 'getMany', keys: ['x', ...keys] })).resolves.toStrictEqual([
      undefined,
      1,
      2,
      3,
    ]);
    await node.call(server, { type: 'deleteMany', keys: ['a', ['t', 2]] });
    await expect(node.call(server, { type: 'getMany', keys })).resolves.toStrictEqual([
      undefined,
      2,
      undefined,
    ]);
    await expect(node.call(server, { type: 'getMany', keys: [] })).resolves.toStrictEqual([]);
    await expect(node.call(server, { type: 'putMany', keys: [], values: [] })).resolves.toBe('ok');
  });

  it('stores only where nothing is, and says what is there', async () => {
    await start();
    const put = { type: 'putIfAbsent', key: 'a' } as const;
    await expect(node.call(server, { ...put, value: 1 })).resolves.toEqual({ stored: true, value: 1 });
    await expect(node.call(server, { ...put, value: 2 })).resolves.toEqual({ stored: false, value: 1 });
  });

  it('sets a value only if it is what is expected, part by part', async () => {
    await start();
    const set = { type: 'compareAndSet', key: 'a' } as const;
    await expect(node.call(server, { ...set, expected: undefined, value: { n: [1] } })).resolves.toBe(true);
    await expect(node.call(server, { ...set, expected: { n: [2] }, value: 0 })).resolves.toBe(false);
    await expect(node.call(server, { ...set, expected: { n: [1] }, value: 5 })).resolves.toBe(true);
    await expect(node.call(server, { type: 'get', key: 'a' })).resolves.toBe(5);
  });

  it('counts, from 0 where nothing is, and refuses to add to what is no number', async () => {
    await start();
    const counts = [1, 2, 3].map(() => node.call(server, { type: 'increment', key: 'n' }));
    await expect(Promise.all(counts)).resolves.toEqual([1, 2, 3]);
    await expect(node.call(server, { type: 'increment', key: 'n', by: -1.5 })).resolves.toBe(1.5);
    await node.call(server, { type: 'put', key: 't', value: 'text' });
    const refused = node.call(server, { type: 'increment', key: 't' });
    await expect(refused).rejects.toThrow(/expected a value that is a number, got 'text'/);
  });

  it('updates by a function that it knows by name; one that returns nothing removes', async () => {
    await start({
      functions: {
        append: (list, item) => [...((list as unknown[] | undefined) ?? []), item],
        drop: () => undefined,
        fail: () => {
          throw new RangeError('oh no');
        },
      },
    });
    const append = { type: 'update', key: 'l', fn: 'append' } as const;
    await expect(node.call(server, { ...append, args: [1] })).resolves.toEqual([1]);
    await expect(node.call(server, { ...append, args: [2] })).resolves.toEqual([1, 2]);
    await expect(node.call(server, { ...append, fn: 'fail' })).rejects.toMatchObject({
      cause: { name: 'RangeError', message: 'oh no' },
    });
    await expect(node.call(server, { ...append, fn: 'dorp' })).rejects.toThrow(
      "expected one of the cache's functions (append, drop, fail), got 'dorp'",
    );
    await expect(node.call(server, { ...append, fn: 'drop' })).resolves.toBeUndefined();
    await expect(node.call(server, { type: 'stats' })).resolves.toBe(0);
  });

  it('lets an entry live as long as its write, or the cache, says', async () => {
    await start({ ttlMs: 10_000 });
    await node.call(server, { type: 'put', key: 'short', value: 1, ttlMs: 1_000 });
    await node.call(server, { type: 'put', key: 'usual', value: 1 });
    await node.call(server, { type: 'put', key: 'ever', value: 1, ttlMs: Infinity });
    const left = node.call(server, { type: 'getEntry', key: 'usual' });
    await expect(left).resolves.toEqual({ value: 1, expiresInMs: 10_000 });
    await expect(node.call(server, { type: 'getEntry', key: 'ever' })).resolves.toEqual({
      value: 1,
      expiresInMs: Infinity,
    });
    await test.advance(2_500);
    await expect(node.call(server, { type: 'stats' })).resolves.toBe(2);
    await test.advance(10_000);
    await expect(node.call(server, { type: 'stats' })).resolves.toBe(1);
    await expect(node.call(server, { type: 'getEntry', key: 'usual' })).resolves.toBeUndefined();
  });

  it('changes a value without making it live longer, unless that is said', async () => {
    await start();
    await node.call(server, { type: 'put', key: 'n', value: 1, ttlMs: 1_000 });
    await test.advance(600);
    await node.call(server, { type: 'increment', key: 'n' });
    await expect(node.call(server, { type: 'getEntry', key: 'n' })).resolves.toEqual({
      value: 2,
      expiresInMs: 400,
    });
    await node.call(server, { type: 'increment', key: 'n', ttlMs: 5_000 });
    await test.advance(600);
    await expect(node.call(server, { type: 'get', key: 'n' })).resolves.toBe(3);
  });

  it('shows all its keys in parts, each once, though they are read and others written meanwhile', async () => {
    await start({ maxEntries: 10_000 });
    const keys = Array.from({ length: 2_500 }, (_, i) => `key_${i}`);
    await node.call(server, { type: 'putMany', keys, values: keys });
    const seen: unknown[] = [];
    let cursor: number | undefined;
    do {
      const next = cursor === undefined ? {} : { cursor };
      const page = await node.call(server, { type: 'scan', limit: 400, values: true, ...next });
      seen.push(...page.keys);
      expect(page.values).toEqual(page.keys);
      await node.call(server, { type: 'getMany', keys: keys.slice(0, 100) });
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(seen.toSorted()).toEqual(keys.toSorted());
    await expect(node.call(server, { type: 'scan', cursor: 1 })).rejects.toThrow(
      /expected the cursor of the part before, got 1/,
    );
  });

  it('is emptied by clear, which says how much there was', async () => {
    await start();
    await node.call(server, { type: 'putMany', keys: [1, 2, 3], values: [1, 2, 3] });
    const cleared = { removed: 3, until: expect.any(Number) };
    await expect(node.call(server, { type: 'clear' })).resolves.toEqual(cleared);
    await expect(node.call(server, { type: 'stats' })).resolves.toBe(0);
  });

  it('refuses a value that is larger than all it may hold, and keeps the others', async () => {
    await start({ maxBytes: 1_000 });
    await node.call(server, { type: 'put', key: 'a', value: 1 });
    const put = node.call(server, { type: 'put', key: 'b', value: 'x'.repeat(1_000) });
    await expect(put).rejects.toMatchObject({ cause: { code: 'ERR_CACHE_VALUE_TOO_LARGE' } });
    await expect(put).rejects.toThrow(/expected an entry of at most maxBytes 1000, got 1\d\d\d bytes/);
    const many = node.call(server, { type: 'putMany', keys: ['c', 'b'], values: [1, 'x'.repeat(1_000)] });
    await expect(many).rejects.toThrow(/maxBytes 1000/);
    await expect(node.call(server, { type: 'scan' })).resolves.toEqual({ keys: ['a'] });
  });

  it.each([
    [{ type: 'put', key: 'a', value: 1, ttlMs: -1 }],
    [{ type: 'put', key: 'a', value: 1, ttlMs: 0 }],
    [{ type: 'put', key: 'a', value: 1, ttlMs: NaN }],
    [{ type: 'put', key: 'a', value: 1, concern: 'two' }],
    [{ type: 'put', key: 'a', value: 1, sliding: 'yes' }],
    [{ type: 'putMany', keys: ['a'], values: [] }],
    [{ type: 'putMany', keys: ['a', {}], values: [1, 2] }],
    [{ type: 'getMany', keys: 'a' }],
    [{ type: 'update', key: 'a' }],
    [{ type: 'increment', key: 'a', by: '1' }],
    [{ type: 'scan', limit: 0 }],
    [{ type: 'subscribe' }],
    [{ type: 'toString' }],
  ])('refuses %p, and goes on', async (request) => {
    await start();
    await expect(node.call(server, request as never)).rejects.toMatchObject({
      cause: { code: 'ERR_BAD_ARGUMENT' },
    });
    await expect(node.call(server, { type: 'stats' })).resolves.toBe(0);
  });

  it('tells subscribers what was written, what made room and whose time was over', async () => {
    await start({ maxEntries: 2 });
    const probe = await test.probe<CacheEvent>();
    const { pid } = probe;
    await node.call(server, { type: 'subscribe', events: ['changed', 'evicted', 'expired'], pid });
    await node.call(server, {
      type: 'putMany',
      keys: ['a', 'b', 'a', ['c']],
      values: [1, 2, 3, 4],
      ttlMs: 500,
    });
    const about = { type: 'cacheEvent', cache: 'Cache', node: node.name };
    await expect(probe.expectMessage()).resolves.toEqual({
      ...about,
      event: 'changed',
      keys: ['a', 'b', ['c']],
    });
    await expect(probe.expectMessage()).resolves.toEqual({ ...about, event: 'evicted', keys: ['b'] });
    await test.advance(2_500);
    await expect(probe.expectMessage()).resolves.toEqual({ ...about, event: 'changed', keys: ['a', ['c']] });
    await expect(probe.expectMessage()).resolves.toEqual({ ...about, event: 'expired', keys: ['a', ['c']] });
    await node.call(server, { type: 'unsubscribe', pid });
    await node.call(server, { type: 'put', key: 'd', value: 1 });
    await probe.expectNoMessage();
  });

  it('has statistics', async () => {
    await start({ maxBytes: 10_000 });
    await node.call(server, { type: 'put', key: 'a', value: 1 });
    await node.call(server, { type: 'getMany', keys: ['a', 'b'] });
    await expect(node.call(server, { type: 'statistics' })).resolves.toEqual({
      node: 'nonode@nohost',
      state: 'ready',
      peers: [],
      entries: 1,
      bytes: expect.any(Number) as number,
      tombstones: 0,
      hits: 1,
      misses: 1,
      evictions: 0,
      expired: 0,
    });
  });

  it.each([
    [{ copies: 0 }, /copies to be a whole number, 1 or more, got 0/],
    [{ copies: 1.5 }, /copies to be a whole number/],
    [{ ttlMs: -5 }, /ttlMs to be milliseconds above 0, or Infinity, got -5/],
    [{ tombstoneMs: Infinity }, /tombstoneMs to be milliseconds above 0, got Infinity/],
    [{ whenFull: 'wait' as never }, /whenFull to be 'evict' or 'refuse', got 'wait'/],
    [{ maxEntries: 0 }, /maxEntries to be a whole number of entries/],
    [{ maxBytes: -1 }, /maxBytes to be a whole number of bytes/],
    [{ concern: 'most' }, /concern to be 'one', 'quorum' or 'all', got 'most'/],
    [{ functions: { f: 1 } }, /functions.f to be a function, got 1/],
  ])('refuses the options %p', async (wrong, message) => {
    test = await createTestNode();
    const options = { name: 'Cache', nodes: ['a@h'], ...wrong } as CacheOptions;
    await expect(startCache(test.node, options)).rejects.toThrow(message);
  });
});
