import type { NodeName } from '@trestle/runtime';
import type { StoreStatistics } from './store/store';

/** What one node can tell of its part of a cache. */
export interface CacheStatistics extends StoreStatistics {
  readonly node: NodeName;
  /** The other nodes that hold copies, as far as they are there now. */
  readonly peers: readonly NodeName[];
  /** Whether it still copies what it missed. */
  readonly state: 'rehydrating' | 'ready' | 'draining';
}
