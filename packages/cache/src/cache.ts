import { phash2, type HashableTerm } from '@trestle/cluster';
import { localName, type CallOptions, type Node, type NodeName, type RemoteName } from '@trestle/runtime';
import { checkKey, type CacheKey } from './cache-key';
import { checkCacheOptions, type CacheOptions } from './cache-options';
import type { CacheCall, CacheProtocol } from './cache-protocol';

type Owner = RemoteName<CacheProtocol>;

/**
 * A cache spread over nodes, as one node sees it: every node can ask for every key, and the request goes to the node
 * that owns the key. The node need not be one of those that hold entries. Nothing is kept twice: what a node held is
 * lost with it.
 *
 * Values are what the wire carries. One whose owner is this node is kept as it is, not copied. A stored `undefined` is
 * an entry, though it reads like none.
 *
 * Every method rejects with `BadArgumentError` for a key that is none, `NodeDownError` at once when the owner is down,
 * `NoProcessError` when it runs no such cache, and `CallTimeoutError`.
 */
export class Cache<Value = unknown> {
  /** Made once: a request must not pay for an address. */
  private readonly owners: readonly Owner[];

  /**
   * A view of a cache that is, or will be, started on its nodes.
   * @throws BadArgumentError if an option is wrong
   */
  constructor(
    private readonly node: Node,
    options: CacheOptions,
  ) {
    checkCacheOptions('Cache', options);
    const name = localName<CacheProtocol>(options.name);
    this.owners = options.nodes.map((owner) => name.on(owner));
  }

  /** Reads an entry; `undefined` if there is none. */
  get(key: CacheKey, options?: CallOptions): Promise<Value | undefined> {
    return this.request('get', key, { type: 'get', key }, options) as Promise<Value | undefined>;
  }

  /**
   * Writes an entry, in place of the one it may have.
   * @throws UnsendableError if the value has to travel and cannot
   */
  put(key: CacheKey, value: Value, options?: CallOptions): Promise<'ok'> {
    return this.request('put', key, { type: 'put', key, value }, options) as Promise<'ok'>;
  }

  /** Removes an entry; there need not be one. */
  delete(key: CacheKey, options?: CallOptions): Promise<'ok'> {
    return this.request('delete', key, { type: 'delete', key }, options) as Promise<'ok'>;
  }

  /** How many entries a node holds: this one unless told otherwise; 0 for a node that is not there to hold any. */
  stats(node: NodeName = this.node.name, options?: CallOptions): Promise<number> {
    const owner = this.owners.find((candidate) => candidate.node === node);
    if (owner === undefined) return Promise.resolve(0);
    return this.node.call(owner, { type: 'stats' }, options);
  }

  /** The node that holds a key's entry, if there is one. */
  ownerOf(key: CacheKey): NodeName {
    return this.find('ownerOf', key).node;
  }

  private request(call: string, key: unknown, request: CacheCall, options?: CallOptions): Promise<unknown> {
    try {
      return this.node.call(this.find(call, key), request, options);
    } catch (error) {
      // A promise rejects: whoever awaits it has one place to look.
      return Promise.reject(error);
    }
  }

  private find(call: string, key: unknown): Owner {
    checkKey(`cache ${call}`, key);
    // The options have been checked: there is at least one.
    return this.owners[phash2(key as HashableTerm, this.owners.length)] as Owner;
  }
}
