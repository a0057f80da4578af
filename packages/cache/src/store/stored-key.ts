import type { CacheKey } from '../terms/cache-key';

/** A key as a `Map` can compare it: tuples are texts. */
export type StoredKey = string | number;

/** Begins what is not the very key: no other string may begin with it. */
const mark = '\0';
const tuple = `${mark}t`;
const text = `${mark}s`;

/** Keys of the same parts are stored under the same key, all others under different ones. */
export function storedKey(key: CacheKey): StoredKey {
  // JSON tells strings from numbers, and writes finite numbers and any string without loss; -0 is written as 0.
  if (typeof key === 'object') return tuple + JSON.stringify(key);
  if (typeof key === 'number') return key === 0 ? 0 : key;
  return key.charCodeAt(0) === 0 ? text + key : key;
}

/** The key that is stored under another one. */
export function keyOf(stored: StoredKey): CacheKey {
  if (typeof stored === 'number' || !stored.startsWith(mark)) return stored;
  const rest = stored.slice(tuple.length);
  return stored.startsWith(tuple) ? (JSON.parse(rest) as CacheKey) : rest;
}
