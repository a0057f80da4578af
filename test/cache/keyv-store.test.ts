import { KeyvStore, startCache, startNearCache, type Cache } from '@trestle/cache';
import { localName, stopServer, type Node } from '@trestle/runtime';
import { VirtualClock } from '@trestle/runtime/testing';
import Keyv from 'keyv';
import { startTestNode } from '../support/test-node';

describe('a cache as a store of Keyv', () => {
  let node: Node;
  let cache: Cache;

  beforeEach(async () => {
    node = await startTestNode();
    cache = await startCache(node, { name: 'Cache', nodes: [node.name] });
  });

  it('is adopted by one line', async () => {
    const keyv = new Keyv({ store: new KeyvStore(cache) });
    await expect(keyv.set('foo', { bar: [1, null, 'x'] })).resolves.toBe(true);
    await expect(keyv.get('foo')).resolves.toEqual({ bar: [1, null, 'x'] });
    await expect(keyv.get('none')).resolves.toBeUndefined();
    await expect(keyv.get(['foo', 'none'])).resolves.toStrictEqual([{ bar: [1, null, 'x'] }, undefined]);
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
    await expect(Promise.all([one.get('foo'), two.get('foo')])).resolves.toStrictEqual([undefined, 2]);
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
    await expect(clock.until(store.getMany(['foo', 'stays']))).resolves.toStrictEqual([undefined, 'bar']);
  });

  it('is gone through by Keyv, each Keyv its own entries, without those whose time is over', async () => {
    const clock = new VirtualClock();
    const other = await startTestNode({ clock });
    const brief = await startCache(other, { name: 'Brief', nodes: [other.name], expose: false });
    const [one, two] = ['one', 'two'].map(
      (namespace) => new Keyv({ store: new KeyvStore(brief), namespace }),
    ) as [Keyv, Keyv];
    const some = Array.from({ length: 5 }, (_, i): [string, number] => [`k_${String(i)}`, i]);
    for (const [key, value] of some) await clock.until(one.set(key, value));
    await clock.until(one.set('short', 1, 100));
    await clock.until(two.set('k_0', 'of two'));
    await clock.until(brief.put('k_0', 'not of Keyv'));
    await clock.advance(200);
    const shown = async (keyv: Keyv): Promise<unknown[]> => {
      const list: unknown[] = [];
      for await (const entry of keyv.iterator!(undefined)) list.push(entry);
      return list;
    };
    expect(new Map((await clock.until(shown(one))) as [string, number][])).toEqual(new Map(some));
    await expect(clock.until(shown(two))).resolves.toEqual([['k_0', 'of two']]);
  });

  it('keeps what Keyv can write, and nothing that it cannot', async () => {
    const keyv = new Keyv({ store: new KeyvStore(cache) });
    keyv.on('error', () => undefined);
    const values = [false, null, 0, '', 'text', '"', "'", { fizz: ['buzz'] }, Buffer.from('bytes')];
    for (const value of values) {
      await keyv.set("it's", value);
      await expect(keyv.get("it's")).resolves.toEqual(value);
    }
    await keyv.set('none', undefined);
    await expect(keyv.get('none')).resolves.toBeUndefined();
    await expect(keyv.set('sign', Symbol('x'))).rejects.toThrow('symbol');
    await expect(keyv.get('sign')).resolves.toBeUndefined();
  });

  it('is a near cache as well', async () => {
    const near = await startNearCache(node, cache);
    const keyv = new Keyv({ store: new KeyvStore(near) });
    await keyv.setMany([
      { key: 'a', value: 1 },
      { key: 'b', value: 2 },
    ]);
    await expect(keyv.get(['a', 'b', 'c'])).resolves.toStrictEqual([1, 2, undefined]);
    await expect(keyv.delete('a')).resolves.toBe(true);
    await expect(keyv.get('a')).resolves.toBeUndefined();
    await keyv.clear();
    await expect(keyv.has('b')).resolves.toBe(false);
  });

  it('has its errors told by Keyv, and lets go of nothing when Keyv disconnects', async () => {
    const keyv = new Keyv({ store: new KeyvStore(cache) });
    const errors: unknown[] = [];
    keyv.on('error', (error) => errors.push(error));
    await keyv.set('a', 1);
    await keyv.disconnect();
    await expect(cache.stats()).resolves.toBe(1);
    await stopServer(node, localName('Cache'));
    await expect(keyv.set('b', 2)).resolves.toBe(false);
    await expect(keyv.delete('a')).resolves.toBe(false);
    await expect(keyv.get('a')).resolves.toBeUndefined();
    expect(errors).toHaveLength(3);
    for (const error of errors) expect(error).toMatchObject({ code: 'ERR_NOPROC' });
  });
});
