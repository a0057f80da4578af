import type { CacheKey } from './cache-key';
import type { CacheStatistics } from './cache-statistics';

/**
 * What can be heard of a node's part of a cache: keys that were written, deleted or came from another node; entries that
 * made room; entries whose time was over; how far it is with copying from another node; and how the part itself stands.
 */
export type CacheEventKind = 'changed' | 'evicted' | 'expired' | 'rehydration' | 'state';

export const cacheEventKinds = [
  'changed',
  'evicted',
  'expired',
  'rehydration',
  'state',
] as const satisfies readonly CacheEventKind[];
const kinds: readonly unknown[] = cacheEventKinds;

/** Tells whether a value says what can be heard. */
export function isCacheEventKind(value: unknown): value is CacheEventKind {
  return kinds.includes(value);
}

/** What a subscriber gets. Keys that changed in one go come in one message; one that changed twice comes once. */
export type CacheEvent =
  | {
      readonly type: 'cacheEvent';
      /** The name of the cache. */
      readonly cache: string;
      readonly node: string;
      readonly event: 'changed' | 'evicted' | 'expired';
      readonly keys: readonly CacheKey[];
    }
  | {
      readonly type: 'cacheEvent';
      readonly cache: string;
      readonly node: string;
      readonly event: 'rehydration';
      /** The node it copies from. */
      readonly from: string;
      /** How much of it is done, from 0 to 1: at 1 it is finished. */
      readonly progress: number;
      /** How many entries have come so far. */
      readonly entries: number;
      /** The other node is gone, or says nothing any more: this was the last of it, and others give the rest. */
      readonly lost?: true;
    }
  | ({
      readonly type: 'cacheEvent';
      readonly cache: string;
      readonly node: string;
      readonly event: 'state';
    } & PartState);

/** How a node's part of a cache stands: whether it still copies what it missed, and with whom it shares what it has. */
export type PartState = Pick<CacheStatistics, 'state' | 'peers'>;
