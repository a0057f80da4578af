import { BadArgumentError, type Exposed, type Node } from '@trestle/runtime';
import { attachedTo } from '@trestle/runtime/internal';
import { Cache } from './cache';
import type { CacheKey } from '../terms/cache-key';
import { holdsEntries } from '../terms/cache-members';
import type { CacheOptions } from '../terms/cache-options';

/** What other nodes can call of a cache by rpc, on any node that knows it. */
export interface CacheModule {
  /** As `Cache.get`, and so on. */
  get(key: CacheKey): Promise<unknown>;
  put(key: CacheKey, value: unknown): Promise<'ok'>;
  delete(key: CacheKey): Promise<'ok'>;
  /** The entries of the node that is asked. */
  stats(): Promise<number>;
}

/** Which cache of a node others can use by which module. */
class ExposedCaches {
  private readonly byModule = new Map<string, { readonly cache: string; readonly isThere: () => boolean }>();

  /** @returns the name of the cache that has the module, if that is another one */
  otherOf(module: string, cache: string): string | undefined {
    const held = this.byModule.get(module);
    return held === undefined || held.cache === cache || !held.isThere() ? undefined : held.cache;
  }

  hold(module: string, cache: string, isThere: () => boolean): void {
    this.byModule.set(module, { cache, isThere });
  }
}

/**
 * Refuses a module by which another cache of the node is used already; `'Cache'`, unless it was asked for, is only left to
 * that one.
 * @throws BadArgumentError
 */
export function checkModule(call: string, node: Node, { expose, name }: CacheOptions): void {
  if (typeof expose !== 'string') return;
  const other = attachedTo(call, node, ExposedCaches).otherOf(expose, name);
  if (other === undefined) return;
  const expected = `expose to be a module that no other cache of the node has, as '${other}' has`;
  throw new BadArgumentError({ call, expected, got: expose });
}

/** Lets other nodes use a cache through this one, unless its options say otherwise, or another cache has its module. */
export function exposeCache(call: string, node: Node, options: CacheOptions): void {
  const { name, expose: module = 'Cache' } = options;
  if (module === false) return;
  checkModule(call, node, options);
  const exposed = attachedTo(call, node, ExposedCaches);
  const other = exposed.otherOf(module, name);
  if (other !== undefined) {
    node.log.warning(
      `cache ${name} is not exposed: '${module}' is ${other}; its option expose names another module`,
    );
    return;
  }
  // A view has no end.
  const isThere = (): boolean => !holdsEntries(options, node.name) || node.whereis(name) !== undefined;
  exposed.hold(module, name, isThere);
  const cache = new Cache(node, options);
  const functions: CacheModule = {
    get: (key) => cache.get(key),
    put: (key, value) => cache.put(key, value),
    delete: (key) => cache.delete(key),
    stats: () => cache.stats(),
  };
  node.expose(module, functions as unknown as Exposed);
}
