import type { CallOptions, Node, NodeName } from '@trestle/runtime';
import { shown } from '@trestle/runtime/internal';
import { inspect, type InspectOptionsStylized } from 'node:util';
import type { CacheKey } from './cache-key';
import { cacheMembership, holdsEntries, membershipOptionsOf } from './cache-members';
import { checkCacheOptions, type CacheOptions } from './cache-options';
import { CacheRequests, type Again, type KeyedCall } from './cache-requests';
import type { CacheStatistics } from './cache-statistics';
import { wrongAddend, wrongUpdate } from './client/checked-arguments';
import type { CacheVerbs, PutIfAbsentResult } from './client/cache-verbs';
import { entriesOf, keysOf, scan, type ScanOptions } from './client/key-scan';
import { KeyRequests } from './client/key-requests';
import { deleteMany, getMany, putMany } from './client/many-verbs';
import { CacheNamespace, type NamespaceOptions } from './client/namespace';
import { NodeVerbs } from './client/node-verbs';
import { totalOf, type TotalStatistics } from './client/total-statistics';
import {
  callOptions,
  writeNames,
  writeRequestOptions,
  type DeleteOptions,
  type WriteOptions,
} from './client/write-options';
import type { NamespaceSchemas } from './namespace-schemas';
import { checkNode } from './started-on';
import { SingleFlight, type Loader, type LoadOptions } from './loads/single-flight';

/**
 * A cache spread over nodes, as one node sees it: every node can ask for every key, and the request goes to a node that
 * owns the key. The node need not be one of those that hold entries.
 *
 * Values are what the wire carries. One whose owner is this node is kept as it is, not copied. A stored `undefined` is
 * an entry, though it reads like none.
 *
 * Every method rejects with `BadArgumentError` for a key that is none, `NodeDownError` at once when all owners are down
 * (its `mayHaveBeenHandled` is false if none of them was reached),
 * `NoProcessError` when none runs such a cache (yet), `NoMembersError` when no node that could hold entries is there,
 * `CallTimeoutError`, and what the server refuses with, as if it had been raised here: `CacheWriteError`, `ValueTooLargeError`,
 * `CacheDrainingError`, `BadArgumentError`, `UnsendableError`. `RemoteError` is what a function of `update` threw.
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
    return shown(
      this.constructor.name,
      { name, node: node.name, copies, members: this.members() },
      depth,
      options,
    );
  }

  /** Reads an entry; `undefined` if there is none. */
  get(key: CacheKey, options?: CallOptions): Promise<Value | undefined> {
    return this.single.get(key, options) as Promise<Value | undefined>;
  }

  /** Whether there is an entry, `undefined` as its value too; the value does not travel. It counts as a read. */
  has(key: CacheKey, options?: CallOptions): Promise<boolean> {
    try {
      return this.ask('has', { type: 'has', key }, 'always', callOptions('has', options));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Writes an entry, in place of the one it may have.
   * @throws UnsendableError if the value has to travel and cannot
   */
  put(key: CacheKey, value: Value, options?: WriteOptions): Promise<'ok'> {
    return this.single.put(key, value, options);
  }

  /** Removes an entry; there need not be one. */
  delete(key: CacheKey, options?: DeleteOptions): Promise<'ok'> {
    return this.single.delete(key, options);
  }

  /** Writes an entry unless there is one; of many at the same time one does. */
  putIfAbsent(key: CacheKey, value: Value, options?: WriteOptions): Promise<PutIfAbsentResult<Value>> {
    return this.write('putIfAbsent', { type: 'putIfAbsent', key, value }, 'ifNotHandled', options);
  }

  /**
   * Writes an entry if its value is the expected one, part by part; `undefined` expects none.
   * @returns whether it was written
   */
  compareAndSet(
    key: CacheKey,
    expected: Value | undefined,
    value: Value,
    options?: WriteOptions,
  ): Promise<boolean> {
    const request = { type: 'compareAndSet', key, expected, value } as const;
    return this.write('compareAndSet', request, 'ifNotHandled', options);
  }

  /**
   * Has a function make a new value from the present one, where the entry is; `undefined` removes it.
   * @param fn the name of one of the cache's `functions`
   * @param args what it gets besides the value
   * @returns the new value
   */
  update(
    key: CacheKey,
    fn: string,
    args: readonly unknown[] = [],
    options?: WriteOptions,
  ): Promise<Value | undefined> {
    const wrong = wrongUpdate('update', fn, args);
    if (wrong !== null) return Promise.reject(wrong);
    return this.write('update', { type: 'update', key, fn, args }, 'ifNotHandled', options);
  }

  /**
   * Adds to a number; there being none counts as 0.
   * @param by what to add, 1 unless told otherwise
   * @returns the new number
   */
  increment(key: CacheKey, by = 1, options?: WriteOptions): Promise<number> {
    const wrong = wrongAddend('increment', by);
    if (wrong !== null) return Promise.reject(wrong);
    return this.write('increment', { type: 'increment', key, by }, 'ifNotHandled', options);
  }

  /**
   * Reads many entries, with one message for each node.
   * @returns the values in the order of the keys, `undefined` for what is not there
   */
  getMany(keys: Iterable<CacheKey>, options?: CallOptions): Promise<(Value | undefined)[]> {
    return getMany(this.requests, keys, options);
  }

  /**
   * Writes many entries, with one message for each node; of a key that is given twice the last value stays.
   * @throws as `put`: then some may have been written
   */
  putMany(entries: Iterable<readonly [CacheKey, Value]>, options?: WriteOptions): Promise<'ok'> {
    return putMany(this.requests, entries, options);
  }

  /**
   * Removes many entries, with one message for each node.
   * @throws as `delete`: then some may have been removed
   */
  deleteMany(keys: Iterable<CacheKey>, options?: DeleteOptions): Promise<'ok'> {
    return deleteMany(this.requests, keys, options);
  }

  /**
   * Reads an entry; if there is none, has it loaded, and writes it: by one for all who want it at the same time, on any
   * node. It is loaded twice only if members change meanwhile, or the loader's node is lost, or takes too long.
   * @param load makes the value; one that is `undefined` reads like none, and is loaded each time
   * @throws what `load` throws, to those who called on the node that loads; LoadFailedError to others
   * @throws LoadTimeoutError after `loadTimeoutMs`: then another node that waits loads
   * @throws CallTimeoutError after `timeoutMs`; the load goes on for the others
   * @throws LoadCycleError to a `load` that asks for what it loads itself, before it has waited for anything
   */
  getOrLoad(key: CacheKey, load: Loader<Value>, options?: LoadOptions): Promise<Value> {
    return this.flights.getOrLoad(key, load, options);
  }

  /**
   * Removes all entries. A node that is away removes what was written before when it is back, and what is written once this is
   * answered stays, wherever. What is written meanwhile may go or stay, everywhere alike.
   * @throws CallTimeoutError if a node does not answer: all may be removed all the same
   */
  async clear(options?: CallOptions): Promise<'ok'> {
    await this.nodes.clear(options);
    return 'ok';
  }

  /**
   * Goes through all keys. What is there all the time comes at least once, and exactly once while the members stay. What
   * is written or removed meanwhile may come or not.
   */
  keys(options?: ScanOptions): AsyncGenerator<CacheKey, void, undefined> {
    return keysOf(scan(this.requests, false, options));
  }

  /** As `keys`, with the values. */
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
   * @throws BadArgumentError for another node that is none of those that can hold some
   */
  stats(node: NodeName = this.requests.node.name, options?: CallOptions): Promise<number> {
    return this.nodes.entriesOn(node, options);
  }

  /**
   * What a node can tell of its part: this one unless told otherwise.
   * @throws BadArgumentError for a node that is none of those that can hold entries
   */
  statistics(node: NodeName = this.requests.node.name, options?: CallOptions): Promise<CacheStatistics> {
    return this.nodes.ask('statistics', node, { type: 'statistics' }, options) as Promise<CacheStatistics>;
  }

  /** What all nodes can tell, and their sums. */
  async totals(options?: CallOptions): Promise<TotalStatistics> {
    const answers = await this.nodes.askAll('totals', { type: 'statistics' }, options);
    const nodes = answers.filter((answer) => answer !== undefined) as CacheStatistics[];
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
   * @param options without `timeoutMs` it takes as long as it takes
   * @returns how many entries were given away; what nobody could take stays, and `statistics` counts it
   * @throws BadArgumentError for a node that is none of those that can hold entries
   */
  async drain(node: NodeName = this.requests.node.name, options?: CallOptions): Promise<number> {
    const wait = callOptions('drain', options) ?? { timeoutMs: Infinity };
    return (await this.nodes.ask('drain', node, { type: 'drain' }, wait)) as number;
  }

  /** The nodes that hold entries now, sorted. No process is asked. */
  members(): readonly NodeName[] {
    return this.requests.membership.current().members;
  }

  /** The node that holds a key's entry now, if there is one; of several the first. No process is asked. */
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
