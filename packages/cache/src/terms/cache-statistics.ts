import type { NodeName } from '@trestle/runtime';

/** What a store has done so far, and what it holds. */
export interface StoreStatistics {
  readonly entries: number;
  /** About how many bytes they take; unless the node has a `maxBytes`, as some of them let guess. */
  readonly bytes: number;
  /** What was deleted, and is remembered for a while. */
  readonly tombstones: number;
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
  readonly expired: number;
}

/** What one node can tell of its part of a cache. */
export interface CacheStatistics extends StoreStatistics {
  readonly node: NodeName;
  /** The other nodes that hold copies, as far as they are there now. */
  readonly peers: readonly NodeName[];
  /** Whether it still copies what it missed. */
  readonly state: 'rehydrating' | 'ready' | 'draining';
}
