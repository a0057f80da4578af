import { Cache, type CacheOptions } from '@trestle/cache';
import type { Node } from '@trestle/runtime';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { CacheProcessStart } from './cache-process';
import { newCluster, startHere, type Cluster } from './other-node';
import { startProgram } from './program';

/** A cache on nodes of their own, and a node in this OS process that holds nothing and asks. */
export interface CacheCluster {
  readonly cluster: Cluster;
  readonly node: Node;
  readonly cache: Cache<string>;
  readonly options: CacheOptions;
  readonly children: ChildProcess[];
  readonly stop: () => Promise<void>;
}

/** Starts a storing node in an OS process of its own. */
export async function startStoring(start: CacheProcessStart): Promise<ChildProcess> {
  const child = startProgram('cache-process');
  child.send(start);
  await once(child, 'message');
  return child;
}

/** @param size how many nodes store */
export async function startCacheCluster(
  size: number,
  more: Partial<CacheOptions> = {},
): Promise<CacheCluster> {
  const cluster = await newCluster();
  const names = Array.from({ length: size }, (_, i) => `store_${String(i + 1)}@127.0.0.1`);
  const options: CacheOptions = { name: 'Cache', nodes: names, ...more };
  const node = await startHere(cluster);
  const children: ChildProcess[] = [];
  for (const name of names) children.push(await startStoring({ name, options, ...cluster }));
  const cache = new Cache<string>(node, options);
  for (const name of names) if (!(await node.connect(name))) throw new Error(`${name} is not there`);
  await inStep(cache, names);
  const stop = async (): Promise<void> => {
    await node.stop();
    for (const child of children) child.kill();
  };
  return { cluster, node, cache, options, children, stop };
}

/** Waits until every node that stores sees all others and has what they have. */
export async function inStep(cache: Cache<string>, names: readonly string[]): Promise<void> {
  for (const name of names) {
    for (;;) {
      const { peers, state, copies } = await statisticsOf(cache, name);
      if (state === 'ready' && (copies === 1 || peers.length === names.length - 1)) break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

async function statisticsOf(cache: Cache<string>, name: string) {
  return { copies: cache.requests.copies, ...(await cache.statistics(name)) };
}
