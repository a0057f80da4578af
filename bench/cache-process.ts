import { startCache, type CacheOptions } from '@trestle/cache';
import { silentLogger, startNode } from '@trestle/runtime';
import type { Cluster } from './other-node';
import { ownCpuUs } from './remote-cost';

/** What a node that stores is started with. */
export interface CacheProcessStart extends Cluster {
  readonly name: string;
  readonly options: CacheOptions;
}

/** A node that holds a part of a cache, in an OS process of its own. */
async function store({ name, options, ...cluster }: CacheProcessStart): Promise<void> {
  const node = await startNode({ name, ...cluster, logger: silentLogger });
  await startCache(node, options);
  process.send?.('ready');
}

process.once('message', (start) => {
  void store(start as CacheProcessStart);
  process.on('message', () => process.send?.(ownCpuUs()));
});
process.once('disconnect', () => process.exit());
