import fc from 'fast-check';
import { Tombstone } from '../../../packages/cache/src/store/entry';
import type { StoredKey } from '../../../packages/cache/src/store/stored-key';
import { stampAt } from '../../../packages/cache/src/versions/hybrid-clock';
import type { Version } from '../../../packages/cache/src/versions/version';
import { entry, start, storeWith } from './store-fixture';

describe('the store of a cache', () => {
  it('counts hits, misses and entries', () => {
    const { store } = storeWith();
    store.put('a', entry(1));
    store.put('b', entry(undefined));
    expect([store.read('a')?.value, store.read('c'), store.read('b')?.value]).toStrictEqual([
      1,
      undefined,
      undefined,
    ]);
    expect(store.statistics).toMatchObject({ entries: 2, hits: 2, misses: 1, evictions: 0, expired: 0 });
  });

  it('lets an entry end when its time is over, and not before', () => {
    const { store, events, time } = storeWith();
    store.put('a', entry(1, stampAt(start), 100));
    for (const waitMs of [10, 89]) {
      time.now += waitMs;
      expect(store.read('a')?.value).toBe(1);
    }
    time.now += 1;
    expect(store.read('a')).toBeUndefined();
    expect(store.statistics).toMatchObject({ entries: 0, expired: 1, hits: 2, misses: 1 });
    expect(events).toEqual(['expired a']);
  });

  it('removes what has ended though nobody reads it', () => {
    const { store, events, time } = storeWith();
    store.put('a', entry(1, stampAt(start), 100));
    store.put('b', entry(2, stampAt(start), 100_000));
    store.put('c', entry(3));
    time.now = store.nextSweepAt;
    expect(time.now).toBeLessThanOrEqual(start + 1_100);
    store.sweep();
    expect(events).toEqual(['expired a']);
    expect(store.size).toBe(2);
  });

  it('does not let an entry end that was written anew, or deleted and written again', () => {
    const { store, events, time } = storeWith();
    store.put('a', entry(1, 1, 100));
    store.put('a', entry(2, 2));
    store.put('b', entry(1, 1, 100));
    store.bury('b', new Tombstone(2, 'a@h', 0));
    store.put('b', entry(3, 3, 5_000));
    time.now += 2_000;
    store.sweep();
    expect([store.peek('a')?.value, store.peek('b')?.value, events]).toEqual([2, 3, []]);
    time.now += 4_000;
    store.sweep();
    expect(events).toEqual(['expired b']);
  });

  it('lets an entry that slides live as long again from each read on', () => {
    const { store, events, time } = storeWith();
    store.put('a', entry(1, stampAt(start), 1_000, true));
    for (let i = 0; i < 5; i++) {
      time.now += 900;
      store.sweep();
      expect(store.read('a')?.value).toBe(1);
    }
    expect(store.peek('a')?.value).toBe(1);
    time.now += 1_000;
    expect(store.peek('a')).toBeUndefined();
    expect(events.filter((event) => event !== 'prolonged a')).toEqual(['expired a']);
  });

  it('tells of a life that slides only when that is much longer than was told', () => {
    const { store, events, time } = storeWith();
    store.put('a', entry(1, stampAt(start), 16_000, true));
    for (let i = 0; i < 4_000; i++) {
      time.now += 1;
      store.read('a');
    }
    expect(events.length).toBeGreaterThanOrEqual(3);
    expect(events.length).toBeLessThanOrEqual(5);
  });

  it('lets go the entry that was not used for longest when there are too many', () => {
    const { store, events } = storeWith({ maxEntries: 3 });
    for (const key of ['a', 'b', 'c']) store.put(key, entry(key));
    store.read('a');
    store.peek('b');
    store.put('d', entry('d'));
    expect(events).toEqual(['evicted b']);
    expect(store.statistics).toMatchObject({ entries: 3, evictions: 1 });
    store.put('d', entry('again'));
    expect(store.size).toBe(3);
  });

  it('lets entries go when they take too many bytes', () => {
    const { store, events } = storeWith({ maxBytes: 10_000 });
    for (let i = 0; i < 20; i++) store.put(i, entry('x'.repeat(1_000)));
    expect(store.statistics.bytes).toBeLessThanOrEqual(10_000);
    expect(store.size).toBe(8);
    expect(events[0]).toBe('evicted 0');
    store.put('large', entry('x'.repeat(9_000)));
    expect([store.size, store.peek('large')?.value]).toEqual([1, 'x'.repeat(9_000)]);
  });

  it.each([0n, 10n, -1n, 2n ** 100n])('counts whole bytes of a bigint, such as %s', (value) => {
    const { store } = storeWith({ maxBytes: 10_000 });
    store.put('a', entry({ value }));
    expect(store.peek('a')?.value).toEqual({ value });
    expect(Number.isInteger(store.statistics.bytes)).toBe(true);
  });

  it('never lets an older version take the place of a newer one, nor of a deletion', () => {
    const { store } = storeWith();
    store.put('a', entry('new', stampAt(start)));
    expect(store.merge('a', entry('old', stampAt(start) - 1), true)).toBe('outdated');
    expect(store.merge('a', entry('new', stampAt(start)), true)).toBe('known');
    store.bury('a', new Tombstone(stampAt(start) + 5, 'b@h', 0));
    expect(store.merge('a', entry('late', stampAt(start) + 4), true)).toBe('outdated');
    expect(store.merge('a', entry('later', stampAt(start) + 6), true)).toBe('taken');
    expect(store.peek('a')?.value).toBe('later');
  });

  it('does not take from elsewhere what has ended here', () => {
    const { store, time } = storeWith();
    store.put('a', entry(1, stampAt(start), 100));
    time.now += 200;
    store.sweep();
    expect(store.merge('a', entry(0, stampAt(start) - 1), true)).toBe('outdated');
    expect(store.merge('b', entry(1, stampAt(start), 100), true)).toBe('taken');
    expect([store.peek('a'), store.peek('b'), store.size]).toStrictEqual([undefined, undefined, 0]);
  });

  it('forgets a deletion after a while, counted from the deletion', () => {
    const { store, time, known } = storeWith();
    store.bury('a', new Tombstone(stampAt(start), 'a@h', 0));
    expect(store.merge('b', new Tombstone(stampAt(start - 9_000), 'b@h', 0), true)).toBe('taken');
    expect(store.merge('c', new Tombstone(stampAt(start - 10_000), 'b@h', 0), true)).toBe('known');
    expect(store.statistics.tombstones).toBe(2);
    time.now += 2_000;
    store.sweep();
    expect([...known.keys()]).toEqual(['a']);
    time.now += 10_000;
    store.sweep();
    expect([store.statistics.tombstones, store.nextSweepAt]).toEqual([0, Infinity]);
  });

  it('makes room for what is written, not for what is copied without being asked for', () => {
    const { store, events } = storeWith({ maxEntries: 2 });
    store.put('a', entry(1));
    store.put('b', entry(1));
    expect(store.merge('c', entry(1), false)).toBe('full');
    expect(store.merge('a', entry(2, stampAt(start) + 1), false)).toBe('taken');
    expect(store.isFull).toBe(true);
    expect(store.merge('c', entry(1), true)).toBe('taken');
    expect(events).toEqual(['evicted b']);
  });

  it('keeps no deletions if nobody needs to know', () => {
    const { store, known } = storeWith({ tombstoneMs: 0 });
    store.put('a', entry(1));
    expect(store.bury('a', new Tombstone(2, 'a@h', 0))).toBe(true);
    // The clock of who deletes may be ahead.
    expect(store.bury('a', new Tombstone(stampAt(start + 500), 'a@h', 0))).toBe(false);
    expect([store.statistics.tombstones, known.size]).toEqual([0, 0]);
  });

  it('says of every key which version it has now, whatever is done to it', () => {
    const stamp = fc.nat(20).map((n) => stampAt(start) + n);
    const key = fc.constantFrom('a', 'b', 'c', 'd', 1, 2);
    const ttl = fc.option(fc.integer({ min: 1, max: 3_000 }), { nil: undefined });
    const step = fc.record({ key, stamp, ttl, waitMs: fc.nat(1_500), what: fc.nat(6) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, isBounded) => {
        const { store, time, known } = storeWith(isBounded ? { maxEntries: 3 } : {});
        for (const one of steps) {
          time.now += one.waitMs;
          const life = one.ttl === undefined ? undefined : time.now - start + one.ttl;
          const made = entry('v', one.stamp, life, true);
          if (one.what === 0) store.put(one.key, made);
          else if (one.what === 1) store.bury(one.key, new Tombstone(one.stamp, 'a@h', 0));
          else if (one.what === 2) store.merge(one.key, made, true);
          else if (one.what === 3) store.merge(one.key, new Tombstone(one.stamp, 'b@h', 0), false);
          else if (one.what === 4) store.read(one.key);
          else if (one.what === 5) store.forget(one.key);
          else store.sweep();
          expect(versionsOf(store.records())).toEqual(versionsOf(known));
        }
      }),
    );
  });
});

function versionsOf(records: Iterable<[StoredKey, Version]>): Map<StoredKey, string> {
  return new Map([...records].map(([key, { stamp, origin }]) => [key, `${stamp} of ${origin}`]));
}
