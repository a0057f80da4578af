import { KeyvStore, startCache, type Cache } from '@trestle/cache';
import { VirtualClock } from '@trestle/runtime/testing';
import Keyv from 'keyv';
import { startTestNode } from '../support/test-node';

describe('a cache as a store of Keyv', () => {
  let cache: Cache;

  beforeEach(async () => {
    const node = await startTestNode();
    cache = await startCache(node, { name: 'Cache', nodes: [node.name] });
  });

  it('is adopted by one line', async () => {
    const keyv = new Keyv({ store: new KeyvStore(cache) });
    await expect(keyv.set('foo', { bar: [1, null, 'x'] })).resolves.toBe(true);
    await expect(keyv.get('foo')).resolves.toEqual({ bar: [1, null, 'x'] });
    await expect(keyv.get('none')).resolves.toBeUndefined();
    await expect(keyv.get(['foo', 'none'])).resolves.toEqual([{ bar: [1, null, 'x'] }, undefined]);
    await expect(keyv.has('foo')).resolves.toBe(true);
    await expect(keyv.delete('foo')).resolves.toBe(true);
    await expect(keyv.delete('foo')).resolves.toBe(false);
    await expect(keyv.has('foo')).resolves.toBe(false);
    await keyv.disconnect();
  });

  it('keeps namespaces apart', async () => {
    const [one, two] = ['one', 'two'].map(
      (namespace) => new Keyv({ store: new KeyvStore(cache), namespace }),
    ) as [Keyv, Keyv];
    await one.set('foo', 1);
    await two.set('foo', 2);
    await cache.put(['one', 'foo'], 'not of Keyv');
    await expect(one.get('foo')).resolves.toBe(1);
    await one.clear();
    await expect(Promise.all([one.get('foo'), two.get('foo')])).resolves.toEqual([undefined, 2]);
    await expect(cache.get(['one', 'foo'])).resolves.toBe('not of Keyv');
  });

  it('clears everything without a namespace', async () => {
    const keyv = new Keyv({ store: new KeyvStore(cache), useKeyPrefix: false });
    await keyv.set('foo', 1);
    const store = new KeyvStore(cache);
    await store.clear();
    await expect(cache.stats()).resolves.toBe(0);
  });

  it('writes, finds and removes many', async () => {
    const store = new KeyvStore(cache);
    const keyv = new Keyv({ store });
    await keyv.setMany([
      { key: 'a', value: 1 },
      { key: 'b', value: 2, ttl: 60_000 },
      { key: 'c', value: 3, ttl: 60_000 },
    ]);
    await expect(keyv.get(['a', 'b', 'c'])).resolves.toEqual([1, 2, 3]);
    await expect(keyv.has(['a', 'x'])).resolves.toEqual([true, false]);
    await expect(keyv.delete(['a', 'x'])).resolves.toBe(true);
    await expect(keyv.delete(['a', 'x'])).resolves.toBe(false);
    const shown: unknown[] = [];
    for await (const [key] of store.iterator()) shown.push(key);
    expect(shown.toSorted()).toEqual(['keyv:b', 'keyv:c']);
  });

  it('is a namespace of a cache as well', async () => {
    const keyv = new Keyv({ store: new KeyvStore(cache.namespace('sessions')) });
    await keyv.set('foo', 'bar');
    await expect(cache.get(['sessions', 'keyv:foo'])).resolves.toContain('bar');
    await keyv.clear();
    await expect(cache.stats()).resolves.toBe(0);
  });

  it('lets entries live as long as Keyv says', async () => {
    const clock = new VirtualClock();
    const node = await startTestNode({ clock });
    const brief = await startCache(node, { name: 'Brief', nodes: [node.name], expose: false });
    const store = new KeyvStore(brief);
    await clock.until(store.set('foo', 'bar', 100));
    await clock.until(store.set('stays', 'bar', 0));
    await clock.advance(200);
    await expect(clock.until(store.getMany(['foo', 'stays']))).resolves.toEqual([undefined, 'bar']);
  });
});
