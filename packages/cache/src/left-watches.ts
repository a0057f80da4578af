import type { Node, Pid } from '@trestle/runtime';

/**
 * Who watches over the members of the caches that were started on a node. A watch goes on when the cache's server has ended, for
 * views of the cache go on; where the cache is started anew, it is in the way.
 */
export class LeftWatches {
  private readonly byCache = new Map<string, { readonly watch: Pid; readonly server: Pid }>();

  /** A cache is started. @param watch the name of the process that watches its members */
  hold(node: Node, cache: string, watch: string): void {
    const [watcher, server] = [node.whereis(watch), node.whereis(cache)];
    if (watcher !== undefined && server !== undefined) this.byCache.set(cache, { watch: watcher, server });
  }

  /** The watch of a cache whose server has ended, once; nothing while somebody starts it, or it is there. */
  take(node: Node, cache: string): Pid | undefined {
    const held = this.byCache.get(cache);
    if (held === undefined || node.isAlive(held.server)) return undefined;
    this.byCache.delete(cache);
    return node.isAlive(held.watch) ? held.watch : undefined;
  }
}
