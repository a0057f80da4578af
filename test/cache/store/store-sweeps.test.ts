import { Tombstone } from '../../../packages/cache/src/store/entry';
import { stampAt } from '../../../packages/cache/src/versions/hybrid-clock';
import { entry, start, storeWith } from './store-fixture';

const stamp = stampAt(start);

describe('the store of a cache, when time goes by', () => {
  it('removes all that has ended in one go, however long ago, and knows when the next one ends', () => {
    const { store, events, time } = storeWith();
    for (const [key, ttlMs] of [
      ['late', 50_000],
      ['first', 100],
      ['later', 60_000],
      ['second', 5_000],
    ] as const)
      store.put(key, entry(1, stamp, ttlMs));
    time.now += 8_000;
    store.sweep();
    expect(events).toEqual(['expired first', 'expired second']);
    store.forget('first');
    store.forget('second');
    time.now += 10_000;
    store.sweep();
    expect(store.nextSweepAt).toBe(start + 51_000);
  });

  it('removes what slid as long as it was read, though nobody reads it any more', () => {
    const { store, events, time } = storeWith();
    store.put('a', entry(1, stamp, 1_000, true));
    for (let i = 0; i < 5; i++) {
      time.now += 900;
      store.read('a');
      store.sweep();
    }
    expect(store.nextSweepAt).toBeLessThanOrEqual(time.now + 2_000);
    time.now = store.nextSweepAt;
    store.sweep();
    expect([store.size, events.at(-1)]).toEqual([0, 'expired a']);
  });

  it('remembers what has ended by itself from its end on, however long it lived', () => {
    const { store, time } = storeWith();
    store.put('here', entry(1, stamp, 60_000));
    time.now += 61_000;
    store.sweep();
    expect(store.merge('there', entry(1, stamp, 60_000), true)).toBe('taken');
    for (const key of ['here', 'there']) {
      expect(store.merge(key, entry('old', stamp - 1), true)).toBe('outdated');
      expect(store.merge(key, entry(1, stamp, 60_000), true)).toBe('known');
    }
    expect(store.statistics.tombstones).toBe(2);
  });

  it('knows that a key was deleted as long as it knows the later of two deletions', () => {
    const { store, time, known } = storeWith();
    store.bury('a', new Tombstone(stamp, 'a@h', 0));
    expect(store.nextSweepAt).toBe(start + 11_000);
    store.bury('a', new Tombstone(stampAt(start + 5_000), 'a@h', 0));
    time.now = start + 12_000;
    store.sweep();
    expect(known.has('a')).toBe(true);
    time.now = store.nextSweepAt;
    store.sweep();
    expect([known.has('a'), store.nextSweepAt]).toEqual([false, Infinity]);
  });

  it('forgets that it was cleared when it forgets deletions, at the time it has named', () => {
    const { store, time } = storeWith();
    store.clearUntil(stamp);
    expect(store.nextSweepAt).toBe(start + 10_000);
    time.now = store.nextSweepAt - 1;
    store.sweep();
    expect(store.clearedUntil).toBe(stamp);
    time.now += 1;
    store.sweep();
    expect([store.clearedUntil, store.nextSweepAt]).toEqual([0, Infinity]);
  });
});

describe('the store of a cache that is cleared', () => {
  it('has nothing of that very moment or before, and takes none of it', () => {
    const { store } = storeWith();
    store.put('before', entry(1, stamp - 1));
    store.put('at', entry(1, stamp));
    store.put('after', entry(1, stamp + 1));
    expect(store.clearUntil(stamp)).toBe(2);
    expect([...store.records()].map(([key]) => key)).toEqual(['after']);
    expect(store.merge('at', entry(1, stamp), true)).toBe('outdated');
    expect([store.newestOf('at'), store.newestOf('after')]).toEqual([stamp, stamp + 1]);
    expect(store.merge('at', entry(1, stamp + 1), true)).toBe('taken');
  });

  it('is not cleared again by who cleared it earlier', () => {
    const { store } = storeWith();
    store.clearUntil(stamp);
    store.put('a', entry(1, stamp + 1));
    expect([store.clearUntil(stamp), store.clearUntil(stamp - 5)]).toEqual([0, 0]);
    expect([store.clearedUntil, store.size]).toEqual([stamp, 1]);
  });
});

describe('the store of a cache with bounds', () => {
  const refusing = { refuses: true, maxEntries: 2 };

  it('has room for exactly as many as it may hold', () => {
    const { store } = storeWith(refusing);
    store.put('a', entry(1));
    expect(store.hasRoomFor([['b', 1]])).toBe(true);
    expect(
      store.hasRoomFor([
        ['b', 1],
        ['c', 1],
      ]),
    ).toBe(false);
    store.put('b', entry(1));
    expect([store.hasRoomFor([['a', 2]]), store.hasRoomFor([['c', 1]]), store.isFull]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('has room in place of what has ended, before anybody has swept', () => {
    const { store, events, time } = storeWith(refusing);
    store.put('a', entry(1, stamp, 100));
    store.put('b', entry(1));
    time.now += 1_500;
    expect(store.hasRoomFor([['c', 1]])).toBe(true);
    expect(events).toEqual(['expired a']);
  });

  it('takes in place of a value one that is not larger, also when it holds too much', () => {
    const { store } = storeWith({ refuses: true, maxBytes: 1_000 });
    store.put('a', entry('x'.repeat(900)));
    store.put('b', entry('x'.repeat(900)));
    expect([store.hasRoomFor([['a', 'y'.repeat(900)]]), store.hasRoomFor([['a', 'y'.repeat(901)]])]).toEqual([
      true,
      false,
    ]);
  });

  it('knows what there is of a key when making room for it has removed its deletion', () => {
    const { store, time, known } = storeWith(refusing);
    store.bury('c', new Tombstone(stamp, 'a@h', 0));
    store.put('a', entry(1, stamp, 15_000));
    store.put('b', entry(1));
    time.now += 16_000;
    expect(store.merge('c', entry(2, stampAt(start + 12_000)), false)).toBe('taken');
    expect(known.get('c')).toBe(store.peek('c'));
  });

  it('shows each entry once to who reads them meanwhile', () => {
    const { store } = storeWith({ maxEntries: 3 });
    for (const key of ['a', 'b', 'c']) store.put(key, entry(key));
    const shown: unknown[] = [];
    for (const [key] of store.entries()) {
      shown.push(key);
      store.read(key);
      if (shown.length > 3) break;
    }
    expect(shown.toSorted()).toEqual(['a', 'b', 'c']);
  });
});
