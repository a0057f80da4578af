// What every part of the example knows of the cluster. The article's `Apothik.Cluster`.
import type { CacheOptions } from '@trestle/cache';
import type { NodeName } from '@trestle/runtime';

export const instanceCount = 5;

export function nodeName(i: number): NodeName {
  return `apothik_${String(i)}@127.0.0.1`;
}

export const instanceNumbers = Array.from({ length: instanceCount }, (_, index) => index + 1);
export const nodeList = instanceNumbers.map(nodeName);
export const masterName = 'master@127.0.0.1';

/** A GenServer named `Cache` on each of the five nodes; rpc finds it as the module `Cache` on every node. */
export const cacheOptions: CacheOptions = { name: 'Cache', nodes: nodeList };
