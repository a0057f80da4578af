import type { CallOptions, Node, NodeName } from '@trestle/runtime';
import { inspected } from '@trestle/runtime/internal';
import { inspect, type InspectOptionsStylized } from 'node:util';
import type { CacheKey } from '../terms/cache-key';
import { cacheMembership, holdsEntries, membershipOptionsOf } from '../terms/cache-members';
import { checkCacheOptions, type CacheOptions } from '../terms/cache-options';
import { CacheRequests, type Again, type KeyedCall } from './cache-requests';
import type { CacheStatistics } from '../terms/cache-statistics';
import { wrongAddend, wrongUpdate } from './checked-arguments';
import type { CacheVerbs, PutIfAbsentResult } from './cache-verbs';
import { entriesOf, keysOf, scan, type ScanOptions } from './key-scan';
import { KeyRequests } from './key-requests';
import { deleteMany, getMany, putMany } from './many/many-verbs';
import { CacheNamespace, type NamespaceOptions } from './namespace';
import { NodeVerbs } from './node-verbs';
import { totalOf, type TotalStatistics } from './total-statistics';
import {
  callOptions,
  writeNames,
  writeRequestOptions,
  type DeleteOptions,
  type WriteOptions,
} from './write-options';
import type { NamespaceSchemas } from '../terms/namespace-schemas';
import { checkNode } from './check-node';
import { SingleFlight, type Loader, type LoadOptions } from './loads/single-flight';

/**
 * A cache spread over nodes, as one node sees it: every node can ask for every key, and the request goes to a node that
 * owns the key. The node need not be one of those that hold entries.
 *
 * Values are what the wire carries. One whose owner is this node is kept as it is, not copied. A stored `undefined` is
 * an entry, though it reads like none.
 *
 * What can be done with entries, and with which errors it fails, is written at `CacheVerbs`.
 */
export class Cache<Value = unknown> implements CacheVerbs<Value> {
  /** @internal How it asks the owners of keys; for what is built on it. */
  readonly requests: CacheRequests;
  /** @internal What the values of its namespaces must be. */
  readonly schemas: NamespaceSchemas;
  private readonly nodes: NodeVerbs;
  private readonly single: KeyRequests;
  private readonly flights: SingleFlight<Value>;

  /**
   * A view of a cache that is, or will be, started on its nodes. One over `members` needs them watched on this node, which
   * `startCache` and `cacheSpec` see to.
   * @param node the node that asks
   * @param options those that its nodes were started with
   * @throws BadArgumentError if an option is wrong
   */
  constructor(node: Node, options: CacheOptions) {
    checkNode('Cache', node);
    checkCacheOptions('Cache', options);
    const { name, copies = 1, schemas = {} } = options;
    this.schemas = schemas;
    this.requests = new CacheRequests(
      node,
      cacheMembership(node, options),
      name,
      copies,
      membershipOptionsOf(options)?.name ?? null,
    );
    this.flights = new SingleFlight<Value>(this);
    this.nodes = new NodeVerbs(this.requests, (name) => holdsEntries(options, name));
    this.single = new KeyRequests(this.requests);
  }

  /** For prompts and logs. */
  [inspect.custom](depth: number, options: InspectOptionsStylized): string {
    const { name, node, copies } = this.requests;
    return inspected(
      this.constructor.name,
      { name, node: node.name, copies, members: this.members() },
      depth,
      options,
    );
  }

  get(key: CacheKey, options?: CallOptions): Promise<Value | undefined> {
    return this.single.get(key, options) as Promise<Value | undefined>;
  }

  has(key: CacheKey, options?: CallOptions): Promise<boolean> {
    try {
      return this.ask('has', { type: 'has', key }, 'always', callOptions('has', options));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  put(key: CacheKey, value: Value, options?: WriteOptions): Promise<'ok'> {
    return this.single.put(key, value, options);
  }

  delete(key: CacheKey, options?: DeleteOptions): Promise<'ok'> {
    return this.single.delete(key, options);
  }

  putIfAbsent(key: CacheKey, value: Value, options?: WriteOptions): Promise<PutIfAbsentResult<Value>> {
    return this.write('putIfAbsent', { type: 'putIfAbsent', key, value }, 'ifNotHandled', options);
  }

  compareAndSet(
    key: CacheKey,
    expected: Value | undefined,
    value: Value,
    options?: WriteOptions,
  ): Promise<boolean> {
    const request = { type: 'compareAndSet', key, expected, value } as const;
    return this.write('compareAndSet', request, 'ifNotHandled', options);
  }

  update(
    key: CacheKey,
    fn: string,
    args: readonly unknown[] = [],
    options?: WriteOptions,
  ): Promise<Value | undefined> {
    const wrong = wrongUpdate(this.requests.node, fn, args);
    if (wrong !== null) return Promise.reject(wrong);
    return this.write('update', { type: 'update', key, fn, args }, 'ifNotHandled', options);
  }

  increment(key: CacheKey, by = 1, options?: WriteOptions): Promise<number> {
    const wrong = wrongAddend('increment', by);
    if (wrong !== null) return Promise.reject(wrong);
    return this.write('increment', { type: 'increment', key, by }, 'ifNotHandled', options);
  }

  getMany(keys: Iterable<CacheKey>, options?: CallOptions): Promise<(Value | undefined)[]> {
    return getMany(this.requests, keys, options);
  }

  putMany(entries: Iterable<readonly [CacheKey, Value]>, options?: WriteOptions): Promise<'ok'> {
    return putMany(this.requests, entries, options);
  }

  deleteMany(keys: Iterable<CacheKey>, options?: DeleteOptions): Promise<'ok'> {
    return deleteMany(this.requests, keys, options);
  }

  getOrLoad(key: CacheKey, load: Loader<Value>, options?: LoadOptions): Promise<Value> {
    return this.flights.getOrLoad(key, load, options);
  }

  async clear(options?: CallOptions): Promise<'ok'> {
    await this.nodes.clear(options);
    return 'ok';
  }

  keys(options?: ScanOptions): AsyncGenerator<CacheKey, void, undefined> {
    return keysOf(scan(this.requests, false, options));
  }

  entries(options?: ScanOptions): AsyncGenerator<readonly [CacheKey, Value], void, undefined> {
    return entriesOf<Value>(scan(this.requests, true, options));
  }

  /**
   * A part of this cache with keys of its own, whose values are checked before they are written.
   * @throws BadArgumentError if the name is none, or the schema is no schema
   */
  namespace<Part = unknown, Input = Part>(
    name: string,
    options?: NamespaceOptions<Part, Input>,
  ): CacheNamespace<Part, Input> {
    return new CacheNamespace(this, name, options, this.schemas);
  }

  /**
   * How many entries a node holds: this one unless told otherwise; 0 for a node that is not there to hold any.
   * @param options.timeoutMs milliseconds, default 5,000
   * @throws BadArgumentError for another node that is none of those that can hold some; CallTimeoutError, NodeDownError,
   * NoProcessError
   */
  stats(node: NodeName = this.requests.node.name, options?: CallOptions): Promise<number> {
    return this.nodes.entriesOn(node, options);
  }

  /**
   * What a node can tell of its part: this one unless told otherwise.
   * @param options.timeoutMs milliseconds, default 5,000
   * @throws BadArgumentError for a node that is none of those that can hold entries; CallTimeoutError, NodeDownError,
   * NoProcessError
   */
  statistics(node: NodeName = this.requests.node.name, options?: CallOptions): Promise<CacheStatistics> {
    return this.nodes.ask('statistics', node, { type: 'statistics' }, options) as Promise<CacheStatistics>;
  }

  /**
   * What all nodes can tell, and their sums. A member that is gone, or does not answer in time, is `absent`: whoever watches
   * over a cache wants most to know of the others when one hangs.
   * @param options.timeoutMs milliseconds for each node, default 5,000
   */
  async totals(options?: CallOptions): Promise<TotalStatistics> {
    const nodes = await this.nodes.statistics('totals', options);
    const there = new Set(nodes.map(({ node }) => node));
    return totalOf(
      nodes,
      this.members().filter((member) => !there.has(member)),
    );
  }

  /**
   * Has a node give its entries to the others, for it is about to stop: this one unless told otherwise. Over `members` it owns
   * nothing from now on, and hands on what it is asked. Over `nodes` it still reads, and refuses to write
   * (`ERR_CACHE_DRAINING`): what it is asked to write goes to another owner, if there is one.
   * @param options.timeoutMs milliseconds; without it, it takes as long as it takes
   * @returns how many entries were given away; what nobody could take stays, and `statistics` counts it
   * @throws BadArgumentError for a node that is none of those that can hold entries; NodeDownError, NoProcessError
   * @throws CallTimeoutError after `timeoutMs`: it goes on giving them away
   */
  async drain(node: NodeName = this.requests.node.name, options?: CallOptions): Promise<number> {
    const wait = callOptions('drain', options) ?? { timeoutMs: Infinity };
    return (await this.nodes.ask('drain', node, { type: 'drain' }, wait)) as number;
  }

  /** The nodes that hold entries now, sorted. No process is asked. */
  members(): readonly NodeName[] {
    return this.requests.membership.current().members;
  }

  /**
   * The node that holds a key's entry now, if there is one; of several the first. No process is asked.
   * @throws BadArgumentError if it is no key; NoMembersError if no node that could hold entries is there
   */
  ownerOf(key: CacheKey): NodeName {
    return this.requests.ownersOf('ownerOf', key, 1)[0] ?? '';
  }

  private write<T>(call: string, request: KeyedCall, again: Again, options?: WriteOptions): Promise<T> {
    if (options === undefined) return this.ask(call, request, again);
    try {
      const how = writeRequestOptions(call, options);
      return this.ask(call, { ...request, ...how }, again, callOptions(call, options, writeNames));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** The server vouches for the type of its answer. */
  private ask<T>(call: string, request: KeyedCall, again: Again, options?: CallOptions): Promise<T> {
    return this.requests.ask(call, request, again, options) as Promise<T>;
  }
}
