import type { CallOptions, Node, NodeName } from '@trestle/runtime';
import type { CacheKey } from './cache-key';
import { cacheMembership } from './cache-members';
import { checkCacheOptions, type CacheOptions } from './cache-options';
import { CacheRequests } from './cache-requests';

/**
 * A cache spread over nodes, as one node sees it: every node can ask for every key, and the request goes to a node that
 * owns the key. The node need not be one of those that hold entries.
 *
 * Values are what the wire carries. One whose owner is this node is kept as it is, not copied. A stored `undefined` is
 * an entry, though it reads like none.
 *
 * Every method rejects with `BadArgumentError` for a key that is none, `NodeDownError` at once when the owner is down,
 * `NoProcessError` when it runs no such cache (yet), `NoMembersError` when no node that could hold entries is there, and
 * `CallTimeoutError`.
 */
export class Cache<Value = unknown> {
  private readonly requests: CacheRequests;

  /**
   * A view of a cache that is, or will be, started on its nodes. One over `members` needs them watched on this node, which
   * `startCache` and `cacheSpec` see to.
   * @throws BadArgumentError if an option is wrong
   */
  constructor(node: Node, options: CacheOptions) {
    checkCacheOptions('Cache', options);
    const { name, copies = 1 } = options;
    this.requests = new CacheRequests(node, cacheMembership(node, options), name, copies);
  }

  /** Reads an entry; `undefined` if there is none. */
  get(key: CacheKey, options?: CallOptions): Promise<Value | undefined> {
    return this.requests.ask('get', key, { type: 'get', key }, 'always', options) as Promise<
      Value | undefined
    >;
  }

  /**
   * Writes an entry, in place of the one it may have.
   * @throws UnsendableError if the value has to travel and cannot
   */
  put(key: CacheKey, value: Value, options?: CallOptions): Promise<'ok'> {
    return this.requests.ask('put', key, { type: 'put', key, value }, 'always', options) as Promise<'ok'>;
  }

  /** Removes an entry; there need not be one. */
  delete(key: CacheKey, options?: CallOptions): Promise<'ok'> {
    return this.requests.ask('delete', key, { type: 'delete', key }, 'always', options) as Promise<'ok'>;
  }

  /** How many entries a node holds: this one unless told otherwise; 0 for a node that is not there to hold any. */
  stats(node: NodeName = this.requests.node.name, options?: CallOptions): Promise<number> {
    if (!this.members().includes(node)) return Promise.resolve(0);
    return this.requests.askNode(node, { type: 'stats' }, options) as Promise<number>;
  }

  /** The nodes that hold entries now, sorted. No process is asked. */
  members(): readonly NodeName[] {
    return this.requests.membership.current().members;
  }

  /** The node that holds a key's entry now, if there is one; of several the first. No process is asked. */
  ownerOf(key: CacheKey): NodeName {
    return this.requests.ownersOf('ownerOf', key, 1)[0] ?? '';
  }
}
