import { childSpec, type ChildSpec, type Node, type AnySelf } from '@trestle/runtime';
import { Cache } from './cache';
import { checkCacheOptions, type CacheOptions } from './cache-options';
import { CacheServer } from './cache-server';
import { exposeCache } from './expose-cache';

/**
 * Starts this node's part of a cache, if the node is one of those that hold entries, and returns a view of the whole.
 * Each node starts its own part; the nodes find each other by name when a key has to travel.
 * @param on the node; or the process to link the server to
 * @returns a view of the cache, for this node
 * @throws BadArgumentError if an option is wrong
 * @throws NameTakenError if the node has a process of that name
 */
export async function startCache<Value = unknown>(
  on: Node | AnySelf,
  options: CacheOptions,
): Promise<Cache<Value>> {
  checkCacheOptions('startCache', options);
  const isProcess = 'startLink' in on;
  const node = isProcess ? on.node : on;
  const start = { args: options, name: options.name };
  if (!options.nodes.includes(node.name)) exposeCache(node, options);
  else if (isProcess) await on.startLink(CacheServer, start);
  else await on.start(CacheServer, start);
  return new Cache<Value>(node, options);
}

/**
 * A node's part of a cache as a child of a supervisor, called by the cache's name. Restarted it is empty. Views of it
 * are made by `new Cache(node, options)`.
 * @throws BadArgumentError if an option is wrong
 */
export function cacheSpec(options: CacheOptions): ChildSpec {
  checkCacheOptions('cacheSpec', options);
  return childSpec(CacheServer, { id: options.name, name: options.name, args: options });
}
