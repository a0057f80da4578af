import type { AnySelf, CallOptions, Node, NodeName } from '@trestle/runtime';
import { checkOptions } from '@trestle/runtime/internal';
import { z } from 'zod';
import type { Cache } from '../cache';
import { checkKey, type CacheKey } from '../cache-key';
import { isTtl, ttlText } from '../cache-options';
import type { EntryView } from '../cache-protocol';
import { callOptions, type WriteOptions } from '../client/write-options';
import { checkCache } from '../check-cache';
import { nodeOf } from '../started-on';
import type { Loader, LoadOptions } from '../loads/single-flight';
import { storedKey } from '../store/stored-key';
import { EventFeed, type FeedArgs } from '../events/event-feed';
import type { CacheRequests } from '../cache-requests';
import { NearEntries } from './near-entries';

/** What a near cache may hold. */
export interface NearCacheOptions {
  /** How many entries at most; the one that was not read for longest makes room. Default 10,000. */
  readonly maxEntries?: number;
  /** How long an entry is kept at most, in ms, though nobody has said that it has changed. Default 60,000. */
  readonly maxAgeMs?: number;
}

/** How a near cache did. */
export interface NearStatistics {
  readonly entries: number;
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
  if ('startLink' in on) await on.startLink(EventFeed, { args });
  else await on.start(EventFeed, { args });
  return new NearCache(cache, { requests, entries, heard });
}

function feedOf(requests: CacheRequests, entries: NearEntries): Omit<FeedArgs, 'heard'> {
  return {
    requests,
    events: ['changed', 'expired'],
    label: `near cache of ${requests.name}`,
    hear: (event) => {
      if (event.event !== 'rehydration') for (const key of event.keys) entries.drop(storedKey(key));
    },
    missed: () => {
      entries.dropAll();
    },
  };
}

/** What a near cache has together with its process. */
interface NearCacheShare {
  readonly requests: CacheRequests;
  readonly entries: NearEntries;
  /** The nodes that will say what changes on them. */
  readonly heard: ReadonlySet<NodeName>;
}

/**
 * A cache as one node sees it that keeps what it reads. A near entry is dropped when a node that holds it says that it has
 * changed: usually within the time that a message takes after the write was answered. When a node, a connection or a
 * member is lost or new, all are dropped; none is older than `maxAgeMs`. What this node writes by way of it, it reads at
 * once. It does not keep that there is no entry, and its hits do not let an entry with a sliding lifetime live longer.
 *
 * Values are shared with all who read them here: none may change them.
 */
export class NearCache<Value> {
  constructor(
    private readonly cache: Cache<Value>,
    private readonly share: NearCacheShare,
  ) {}

  /** As `Cache.get`; without a message if the entry is near. */
  async get(key: CacheKey, options?: CallOptions): Promise<Value | undefined> {
    checkKey('cache get', key);
    const wait = callOptions('get', options);
    const near = this.share.entries.find(storedKey(key));
    return near === undefined ? this.fetch(key, wait) : (near.value as Value);
  }

  /** As `Cache.put`. */
  put(key: CacheKey, value: Value, options?: WriteOptions): Promise<'ok'> {
    return this.written([key], () => this.cache.put(key, value, options));
  }

  /** As `Cache.delete`. */
  delete(key: CacheKey, options?: WriteOptions): Promise<'ok'> {
    return this.written([key], () => this.cache.delete(key, options));
  }

  /** As `Cache.putMany`. */
  putMany(entries: Iterable<readonly [CacheKey, Value]>, options?: WriteOptions): Promise<'ok'> {
    const list = [...entries];
    const keys = list.map(([key]) => key);
    return this.written(keys, () => this.cache.putMany(list, options));
  }

  /** As `Cache.deleteMany`. */
  deleteMany(keys: Iterable<CacheKey>, options?: WriteOptions): Promise<'ok'> {
    const list = [...keys];
    return this.written(list, () => this.cache.deleteMany(list, options));
  }

  /** As `Cache.getOrLoad`. */
  async getOrLoad(key: CacheKey, load: Loader<Value>, options?: LoadOptions): Promise<Value> {
    const near = await this.get(key, options);
    return near ?? this.cache.getOrLoad(key, load, options);
  }

  /** How it did since it was started. */
  statistics(): NearStatistics {
    const { size, hits, misses } = this.share.entries;
    return { entries: size, hits, misses };
  }

  private async fetch(key: CacheKey, options?: CallOptions): Promise<Value | undefined> {
    const { requests, entries, heard } = this.share;
    const owners = requests.ownersOf('get', key);
    // What no node says the changes of is not kept.
    const isHeard = owners.every((owner) => heard.has(owner));
    const stored = storedKey(key);
    const flight = entries.begin(stored);
    let entry: EntryView | undefined;
    try {
      const request = { type: 'getEntry', key } as const;
      entry = (await requests.ask('get', key, request, 'always', options)) as EntryView | undefined;
    } finally {
      entries.end(stored, flight, entry, isHeard);
    }
    return entry?.value as Value | undefined;
  }

  /** Before the write, so that nothing old is read once it is known; after it, so that no read keeps what was before. */
  private async written(keys: readonly CacheKey[], write: () => Promise<'ok'>): Promise<'ok'> {
    for (const key of keys) checkKey('cache write', key);
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
