import type { NodeName } from '@trestle/runtime';
import { entryOf, Tombstone, type CacheRecord } from '../store/entry';
import type { StoredKey } from '../store/stored-key';

/*
 * Records travel as one flat list, for an array around each of them would cost more than what is in it:
 * key, value, stamp, origin, when it ends (0: never), how long it slides (0: it does not; -1: it is a tombstone).
 */

/** How many places a record takes. */
export const recordWidth = 6;
const isBuried = -1;
/** In place of the stamp of a newer version: the record is not kept, for there is no room. */
export const noRoom = 0;

export function pushRecord(list: unknown[], key: StoredKey, record: CacheRecord): void {
  const { stamp, origin } = record;
  if (record instanceof Tombstone) list.push(key, null, stamp, origin, record.endedAt, isBuried);
  else {
    const { value, expiry } = record;
    list.push(key, value, stamp, origin, expiry?.at ?? 0, expiry?.slidingMs ?? 0);
  }
}

/**
 * That nothing is known of a key.
 * @param moved the stamp of what was given away a moment ago; 0 if nothing was
 */
export function pushNothing(list: unknown[], key: StoredKey, moved = 0): void {
  list.push(key, null, moved, '', 0, isBuried);
}

/** @returns the stamp of what was given away a moment ago; 0 if nothing was, or it is here again */
export function movedAt(list: readonly unknown[], at: number): number {
  return list[at + 3] === '' ? (list[at + 2] as number) : 0;
}

/** @param at where the record begins */
export function keyAt(list: readonly unknown[], at: number): StoredKey {
  return list[at] as StoredKey;
}

/** @returns `undefined` if nothing was known of the key */
export function recordAt(list: readonly unknown[], at: number): CacheRecord | undefined {
  const stamp = list[at + 2] as number;
  const origin = list[at + 3] as NodeName;
  const endsAt = list[at + 4] as number;
  const slidingMs = list[at + 5] as number;
  if (slidingMs === isBuried) return origin === '' ? undefined : new Tombstone(stamp, origin, endsAt);
  return entryOf(list[at + 1], stamp, origin, endsAt === 0 ? null : { at: endsAt, slidingMs });
}
