import { entryOf } from '../../../packages/cache/src/store/entry';
import { Store, type StoreObserver, type StoreOptions } from '../../../packages/cache/src/store/store';
import type { StoredKey } from '../../../packages/cache/src/store/stored-key';
import { stampAt } from '../../../packages/cache/src/versions/hybrid-clock';
import type { Version } from '../../../packages/cache/src/versions/version';

/** When the time of the tests begins. */
export const start = 1_700_000_000_000;

/** A store, its time, and what has happened in it. */
export function storeWith(options: Partial<StoreOptions> = {}) {
  const events: string[] = [];
  const known = new Map<StoredKey, Version>();
  const observer: StoreObserver = {
    changed: (key, before, after) => {
      // What it says was there before is what it said last.
      expect(before).toBe(known.get(key));
      if (after === undefined) known.delete(key);
      else known.set(key, after);
    },
    prolonged: (key) => events.push(`prolonged ${key}`),
    evicted: (key) => events.push(`evicted ${key}`),
    expired: (key) => events.push(`expired ${key}`),
  };
  const time = { now: start };
  const store = new Store({ tombstoneMs: 10_000, now: () => time.now, ...options }, observer);
  return { store, events, time, known };
}

/** An entry of a node, which ends so many milliseconds after the beginning if it ends. */
export function entry(value: unknown, stamp = stampAt(start), ttlMs?: number, sliding = false) {
  const expiry = ttlMs === undefined ? null : { at: start + ttlMs, slidingMs: sliding ? ttlMs : 0 };
  return entryOf(value, stamp, 'a@h', expiry);
}
