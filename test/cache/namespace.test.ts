import { startCache, type Cache, type CacheKey } from '@trestle/cache';
import { BadArgumentError } from '@trestle/runtime';
import { z } from 'zod';
import { startTestNode } from '../support/test-node';

const user = z.object({ name: z.string().min(1), tags: z.array(z.string()).default([]) });

describe('a namespace of a cache', () => {
  let cache: Cache;

  beforeEach(async () => {
    const node = await startTestNode();
    cache = await startCache(node, { name: 'Cache', nodes: [node.name] });
  });

  async function collect<T>(all: AsyncIterable<T>): Promise<T[]> {
    const list: T[] = [];
    for await (const each of all) list.push(each);
    return list;
  }

  it('has keys of its own', async () => {
    const [users, orders] = [cache.namespace('users'), cache.namespace('orders')];
    await users.put(7, 'Ada');
    await orders.put(7, 'a book');
    await cache.put(7, 'seven');
    await expect(Promise.all([users.get(7), orders.get(7), cache.get(7)])).resolves.toEqual([
      'Ada',
      'a book',
      'seven',
    ]);
    await users.delete(7);
    await expect(Promise.all([users.get(7), orders.get(7)])).resolves.toStrictEqual([undefined, 'a book']);
    await expect(cache.get(['orders', 7])).resolves.toBe('a book');
  });

  it('stores what its schema makes of a value', async () => {
    const users = cache.namespace('users', { schema: user });
    await users.put('ada', { name: 'Ada' });
    await expect(users.get('ada')).resolves.toEqual({ name: 'Ada', tags: [] });
  });

  it('refuses a value that does not fit at the door, by its path', async () => {
    const users = cache.namespace('users', { schema: user });
    const wrong = { name: 'Ada', tags: ['a', 7] } as never;
    const text = "cache put in 'users': expected value.tags.1 to be of type string, got 7";
    await expect(users.put('ada', wrong)).rejects.toThrow(text);
    const refusals = [
      users.put('ada', wrong),
      users.putIfAbsent('ada', wrong),
      users.compareAndSet('ada', undefined, wrong),
      users.putMany([
        ['bob', { name: 'Bob' }],
        ['ada', wrong],
      ]),
      users.getOrLoad('ada', () => wrong),
    ];
    // All of them in one wait: one that fails while another is awaited would be heard by nobody.
    for (const outcome of await Promise.allSettled(refusals))
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(BadArgumentError) });
    await expect(cache.stats()).resolves.toBe(0);
    await expect(users.put('ada', { name: '' })).rejects.toThrow(/value\.name/);
  });

  it('has the verbs of a cache', async () => {
    const users = cache.namespace('users', { schema: user });
    const [ada, bob] = [
      { name: 'Ada', tags: [] },
      { name: 'Bob', tags: [] },
    ];
    await users.putMany([
      ['a', ada],
      ['b', bob],
    ]);
    await expect(users.getMany(['b', 'none', 'a'])).resolves.toStrictEqual([bob, undefined, ada]);
    await expect(users.putIfAbsent('a', bob)).resolves.toEqual({ stored: false, value: ada });
    await expect(users.compareAndSet('a', ada, { name: 'Eve' })).resolves.toBe(true);
    await expect(users.getOrLoad('c', () => ({ name: 'Cid' }))).resolves.toMatchObject({ name: 'Cid' });
    await users.deleteMany(['b']);
    expect(new Map(await collect(users.entries()))).toEqual(
      new Map<CacheKey, unknown>([
        ['a', { name: 'Eve', tags: [] }],
        ['c', { name: 'Cid', tags: [] }],
      ]),
    );
  });

  it('shows and clears only what is its own', async () => {
    const users = cache.namespace('users');
    await users.putMany(Array.from({ length: 1_500 }, (_, i) => [i, i]));
    await cache.putMany([
      ['users', 1],
      [['users'], 2],
      [['users', 1, 2], 3],
      [['others', 1], 4],
    ]);
    expect(await collect(users.keys())).toHaveLength(1_500);
    await expect(users.clear()).resolves.toBe('ok');
    expect(await collect(users.keys())).toStrictEqual([]);
    await expect(cache.stats()).resolves.toBe(4);
  });

  it('checks what update and increment make where the entry is, and stores what the schema makes of it', async () => {
    const node = await startTestNode();
    const checked = await startCache(node, {
      name: 'Cache',
      nodes: [node.name],
      functions: { rename: (_before, name) => ({ name }), remove: () => undefined },
      schemas: { users: user, counts: z.number().max(10) },
    });
    const users = checked.namespace<z.infer<typeof user>>('users');
    await expect(users.update('ada', 'rename', ['Ada'])).resolves.toEqual({ name: 'Ada', tags: [] });
    const wrong = users.update('ada', 'rename', [7]);
    await expect(wrong).rejects.toThrow(BadArgumentError);
    await expect(wrong).rejects.toThrow(
      "cache update in 'users': expected value.name to be of type string, got 7",
    );
    await expect(users.get('ada')).resolves.toEqual({ name: 'Ada', tags: [] });
    await expect(users.put('bob', {} as never)).rejects.toThrow(BadArgumentError);
    await expect(users.update('ada', 'remove')).resolves.toBeUndefined();
    await expect(users.get('ada')).resolves.toBeUndefined();
    const counts = checked.namespace<number>('counts');
    await expect(counts.increment('a', 10)).resolves.toBe(10);
    await expect(counts.increment('a')).rejects.toThrow(/^cache increment in 'counts': expected value/);
    await expect(counts.get('a')).resolves.toBe(10);
    // Of the whole, and of a namespace without a schema, nothing is checked.
    await expect(checked.increment('a', 11)).resolves.toBe(11);
    await expect(checked.namespace('others').increment('a', 11)).resolves.toBe(11);
  });

  it('refuses to update by a schema that the cache does not have', async () => {
    const users = cache.namespace('users', { schema: user });
    const text = "expected its schema to be among the cache's 'schemas'";
    await expect(users.update('ada', 'rename')).rejects.toThrow(`cache update in 'users': ${text}`);
    await expect(users.increment('ada')).rejects.toThrow(`cache increment in 'users': ${text}`);
    const wrong = { name: 'Cache', nodes: ['a@h'], schemas: { users: {} } };
    await expect(startCache(await startTestNode(), wrong as never)).rejects.toThrow(
      /^startCache: expected schemas/,
    );
  });

  it('refuses a name that is none, and a schema that is none', async () => {
    expect(() => cache.namespace('')).toThrow(BadArgumentError);
    expect(() => cache.namespace('users', { schema: {} as never })).toThrow(
      'namespace: expected schema to be a zod schema',
    );
    await expect(cache.namespace('users').get(NaN)).rejects.toThrow(BadArgumentError);
  });
});
