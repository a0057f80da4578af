import type { NodeName } from '@trestle/runtime';
import type { CacheStatistics } from '../terms/cache-statistics';

/** The figures of all nodes that answered, and their sums. */
export interface TotalStatistics {
  readonly nodes: readonly CacheStatistics[];
  /** Members that did not answer in time: gone, not started yet, or hanging. */
  readonly absent: readonly NodeName[];
  /** Copies count each. */
  readonly entries: number;
  readonly bytes: number;
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
  readonly expired: number;
  /** Hits of all reads, from 0 to 1; 0 if nothing was read. */
  readonly hitRate: number;
}

const summed = ['entries', 'bytes', 'hits', 'misses', 'evictions', 'expired'] as const;

export function totalOf(nodes: readonly CacheStatistics[], absent: readonly NodeName[]): TotalStatistics {
  const sums = Object.fromEntries(
    summed.map((name) => [name, nodes.reduce((sum, node) => sum + node[name], 0)]),
  ) as Record<(typeof summed)[number], number>;
  const reads = sums.hits + sums.misses;
  return { nodes, absent, ...sums, hitRate: reads === 0 ? 0 : sums.hits / reads };
}
