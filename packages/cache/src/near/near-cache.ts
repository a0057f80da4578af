import {
  stopServer,
  type AnySelf,
  type CallOptions,
  type Node,
  type NodeName,
  type Pid,
} from '@trestle/runtime';
import { checkOptions, inspected, z } from '@trestle/runtime/internal';
import { inspect, type InspectOptionsStylized } from 'node:util';
import type { Cache } from '../client/cache';
import { checkKey, type CacheKey } from '../terms/cache-key';
import { isTtl, ttlText } from '../terms/cache-options';
import type { CacheRequests } from '../client/cache-requests';
import { checkCache } from '../client/check-cache';
import type { CacheVerbs, PutIfAbsentResult } from '../client/cache-verbs';
import { entryList, keyList } from '../client/checked-arguments';
import type { ScanOptions } from '../client/key-scan';
import { CacheNamespace, type NamespaceOptions } from '../client/namespace';
import { callOptions, type DeleteOptions, type WriteOptions } from '../client/write-options';
import { EventFeed, type FeedArgs } from '../events/event-feed';
import { SingleFlight, type Loader, type LoadOptions } from '../client/loads/single-flight';
import { nodeOf } from '../client/check-node';
import { storedKey } from '../store/stored-key';
import { NearEntries } from './near-entries';
import { NearReads } from './near-reads';

/** What a near cache may hold. */
export interface NearCacheOptions {
  /** How many entries at most; the one that was not read for longest makes room. Default 10,000. */
  readonly maxEntries?: number;
  /** How long an entry is kept at most, in ms, though nobody has said that it has changed. Default 60,000. */
  readonly maxAgeMs?: number;
}

/** How a near cache did. */
export interface NearStatistics {
  /** How many entries are near now. */
  readonly entries: number;
  /** How many reads of an entry needed no message, and how many did. */
  readonly hits: number;
  readonly misses: number;
}

const schema = z.strictObject({
  maxEntries: z
    .int('a whole number of entries, 1 or more')
    .min(1, 'a whole number of entries, 1 or more')
    .optional(),
  maxAgeMs: z.custom<number>(isTtl, ttlText).optional(),
});

/**
 * Starts to keep what this node reads of a cache near: a process that hears from the nodes which entries change.
 * @param on the node; or the process to link it to
 * @throws BadArgumentError if an option is wrong
 */
export async function startNearCache<Value>(
  on: Node | AnySelf,
  cache: Cache<Value>,
  options: NearCacheOptions = {},
): Promise<NearCache<Value>> {
  nodeOf('startNearCache', on);
  checkCache('startNearCache', cache);
  const { maxEntries = 10_000, maxAgeMs = 60_000 } = checkOptions('startNearCache', schema, options);
  const { requests } = cache;
  const entries = new NearEntries(requests.node.clock, { maxEntries, maxAgeMs });
  const heard = new Set<NodeName>();
  const args = { ...feedOf(requests, entries), heard };
  const pid =
    'startLink' in on ? await on.startLink(EventFeed, { args }) : await on.start(EventFeed, { args });
  return new NearCache(cache, { entries, heard, pid });
}

function feedOf(requests: CacheRequests, entries: NearEntries): Omit<FeedArgs, 'heard'> {
  return {
    requests,
    events: ['changed', 'expired'],
    label: `near cache of ${requests.name}`,
    hear: (event) => {
      if ('keys' in event) for (const key of event.keys) entries.drop(storedKey(key));
    },
    missed: () => {
      entries.dropAll();
    },
  };
}

/** What a near cache has together with its process. */
interface NearCacheShare {
  readonly entries: NearEntries;
  /** The nodes that will say what changes on them. */
  readonly heard: ReadonlySet<NodeName>;
  readonly pid: Pid;
}

/**
 * A cache as one node sees it that keeps what it reads. A near entry is dropped when a node that holds it says that it has
 * changed: usually within the time that a message takes after the write was answered. When a node, a connection or a
 * member is lost or new, all are dropped; none is older than `maxAgeMs`. What this node writes by way of it, it reads at
 * once. It does not keep that there is no entry, and its hits do not let an entry with a sliding lifetime live longer.
 *
 * It has the verbs of `Cache`, each as it is there (`CacheVerbs`). Values are shared with all who read them here: none may change them.
 */
export class NearCache<Value> implements CacheVerbs<Value> {
  private readonly reads: NearReads;
  private readonly flights: SingleFlight<Value>;

  /** @internal `startNearCache` makes it. */
  constructor(
    private readonly cache: Cache<Value>,
    private readonly share: NearCacheShare,
  ) {
    const { requests } = cache;
    this.reads = new NearReads(requests, share.entries, share.heard);
    this.flights = new SingleFlight<Value>({
      requests,
      get: (key, options) => this.get(key, options),
      put: (key, value, options) => this.put(key, value, options),
    });
  }

  /** For prompts and logs. */
  [inspect.custom](depth: number, options: InspectOptionsStylized): string {
    const { name, node } = this.cache.requests;
    return inspected('NearCache', { name, node: node.name, ...this.statistics() }, depth, options);
  }

  /**
   * As `Cache.get`; without a message if the entry is near.
   * @throws as `Cache.get` if it is not
   */
  async get(key: CacheKey, options?: CallOptions): Promise<Value | undefined> {
    return (await this.reads.get(key, callOptions('get', options))) as Value | undefined;
  }

  /**
   * As `Cache.getMany`; without a message for those that are near.
   * @throws as `Cache.getMany` if one is not
   */
  async getMany(keys: Iterable<CacheKey>, options?: CallOptions): Promise<(Value | undefined)[]> {
    const wait = callOptions('getMany', options);
    return (await this.reads.getMany(keyList('getMany', keys), wait)) as (Value | undefined)[];
  }

  /**
   * As `Cache.has`; without a message if the entry is near.
   * @throws as `Cache.has` if it is not
   */
  async has(key: CacheKey, options?: CallOptions): Promise<boolean> {
    checkKey('cache has', key);
    const wait = callOptions('has', options);
    return this.share.entries.find(storedKey(key)) !== undefined || this.cache.has(key, wait);
  }

  put(key: CacheKey, value: Value, options?: WriteOptions): Promise<'ok'> {
    return this.written('put', [key], () => this.cache.put(key, value, options));
  }

  delete(key: CacheKey, options?: DeleteOptions): Promise<'ok'> {
    return this.written('delete', [key], () => this.cache.delete(key, options));
  }

  putIfAbsent(key: CacheKey, value: Value, options?: WriteOptions): Promise<PutIfAbsentResult<Value>> {
    return this.written('putIfAbsent', [key], () => this.cache.putIfAbsent(key, value, options));
  }

  compareAndSet(
    key: CacheKey,
    expected: Value | undefined,
    value: Value,
    options?: WriteOptions,
  ): Promise<boolean> {
    const set = (): Promise<boolean> => this.cache.compareAndSet(key, expected, value, options);
    return this.written('compareAndSet', [key], set);
  }

  update(
    key: CacheKey,
    fn: string,
    args?: readonly unknown[],
    options?: WriteOptions,
  ): Promise<Value | undefined> {
    return this.written('update', [key], () => this.cache.update(key, fn, args, options));
  }

  increment(key: CacheKey, by?: number, options?: WriteOptions): Promise<number> {
    return this.written('increment', [key], () => this.cache.increment(key, by, options));
  }

  async putMany(entries: Iterable<readonly [CacheKey, Value]>, options?: WriteOptions): Promise<'ok'> {
    const list = entryList('putMany', entries);
    const keys = list.map(([key]) => key);
    return this.written('putMany', keys, () => this.cache.putMany(list, options));
  }

  async deleteMany(keys: Iterable<CacheKey>, options?: DeleteOptions): Promise<'ok'> {
    const list = keyList('deleteMany', keys);
    return this.written('deleteMany', list, () => this.cache.deleteMany(list, options));
  }

  getOrLoad(key: CacheKey, load: Loader<Value>, options?: LoadOptions): Promise<Value> {
    return this.flights.getOrLoad(key, load, options);
  }

  async clear(options?: CallOptions): Promise<'ok'> {
    try {
      return await this.cache.clear(options);
    } finally {
      this.share.entries.dropAll();
    }
  }

  keys(options?: ScanOptions): AsyncGenerator<CacheKey, void, undefined> {
    return this.cache.keys(options);
  }

  entries(options?: ScanOptions): AsyncGenerator<readonly [CacheKey, Value], void, undefined> {
    return this.cache.entries(options);
  }

  /**
   * As `Cache.namespace`; what is read by way of it is kept near.
   * @throws BadArgumentError as `Cache.namespace`
   */
  namespace<Part = unknown, Input = Part>(
    name: string,
    options?: NamespaceOptions<Part, Input>,
  ): CacheNamespace<Part, Input> {
    return new CacheNamespace(this, name, options, this.cache.schemas);
  }

  /** How it did since it was started. */
  statistics(): NearStatistics {
    const { size, hits, misses } = this.share.entries;
    return { entries: size, hits, misses };
  }

  /**
   * Ends its process: from now on it keeps nothing, and every read is asked for. Waits until it has ended, however long
   * that takes.
   */
  async stop(): Promise<void> {
    const { node } = this.cache.requests;
    if (node.isAlive(this.share.pid)) await stopServer(node, this.share.pid);
  }

  /** Before the write, so that nothing old is read once it is known; after it, so that no read keeps what was before. */
  private async written<T>(call: string, keys: readonly CacheKey[], write: () => Promise<T>): Promise<T> {
    for (const key of keys) checkKey(`cache ${call}`, key);
    const drop = (): void => {
      for (const key of keys) this.share.entries.drop(storedKey(key));
    };
    drop();
    try {
      return await write();
    } finally {
      drop();
    }
  }
}
