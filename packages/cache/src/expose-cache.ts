import type { Exposed, Node } from '@trestle/runtime';
import { Cache } from './cache';
import type { CacheKey } from './cache-key';
import type { CacheOptions } from './cache-options';

/** What other nodes can call of a cache by rpc, on any node that knows it. */
export interface CacheModule {
  /** As `Cache.get`, and so on. */
  get(key: CacheKey): Promise<unknown>;
  put(key: CacheKey, value: unknown): Promise<'ok'>;
  delete(key: CacheKey): Promise<'ok'>;
  /** The entries of the node that is asked. */
  stats(): Promise<number>;
}

/** Lets other nodes use a cache through this one, unless its options say otherwise. */
export function exposeCache(node: Node, options: CacheOptions): void {
  const module = options.expose ?? 'Cache';
  if (module === false) return;
  const cache = new Cache(node, options);
  const functions: CacheModule = {
    get: (key) => cache.get(key),
    put: (key, value) => cache.put(key, value),
    delete: (key) => cache.delete(key),
    stats: () => cache.stats(),
  };
  node.expose(module, functions as unknown as Exposed);
}
