import type { AheadEncoder } from '@trestle/runtime/internal';
import type { CacheKey } from '../terms/cache-key';

/** What is longer travels alone: it would hold up what travels with it. */
const longest = 16 * 1024;

/** What had better travel alone: it is long, or cannot travel, as whoever sends it will be told. */
export const alone = Symbol('alone');

/** A value that is sent later, as it is now. */
export function keptValue(value: unknown, encoder: AheadEncoder): unknown {
  switch (typeof value) {
    case 'string':
      return value.length > longest ? alone : value;
    case 'object':
      return value === null ? null : (encoder.encode(value) ?? alone);
    case 'function':
    case 'symbol':
    case 'bigint':
      return alone;
    default:
      return value;
  }
}

/** A key that is sent later, as it is now. */
export function keptKey(key: CacheKey): CacheKey {
  return typeof key === 'object' ? key.map(keptKey) : key;
}
