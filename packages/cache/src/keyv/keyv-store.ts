import { BadArgumentError } from '@trestle/runtime';
import { EventEmitter } from 'node:events';
import type { CacheKey } from '../terms/cache-key';
import { isTtl } from '../terms/cache-options';
import type { CacheVerbs } from '../client/cache-verbs';

/** An entry as Keyv writes many. */
export interface KeyvStoreEntry {
  readonly key: string;
  readonly value: unknown;
  /** Milliseconds. */
  readonly ttl?: number;
}

/** Keys are removed so many at a time. */
const batchSize = 1_000;

/**
 * A cache, or a namespace of one, as a store of Keyv 5, so that what is written for Keyv takes it by one line:
 * `new Keyv({ store: new KeyvStore(cache) })`. Keyv writes its values as texts; lifetimes are the cache's.
 */
export class KeyvStore extends EventEmitter {
  /** Keyv asks for it, and has an `iterator` only for stores of the dialects that it knows. */
  readonly opts: { readonly dialect: string; readonly url: string };
  /** Keyv sets it, and begins keys with it; `clear` removes only those. */
  namespace: string | undefined;

  /** @throws BadArgumentError if it is no cache, nor a part of one */
  constructor(private readonly cache: CacheVerbs<unknown>) {
    super();
    checkVerbs(cache);
    this.opts = { dialect: 'redis', url: 'trestle://' };
  }

  /**
   * Emits `error` when it fails: Keyv reads on as if there were no such entry, and tells of all other failures itself.
   * @throws as `Cache.get`
   */
  async get<Value>(key: string): Promise<Value | undefined> {
    try {
      return (await this.cache.get(key)) as Value | undefined;
    } catch (error) {
      if (this.listenerCount('error') > 0) this.emit('error', error);
      throw error;
    }
  }

  /** @throws as `Cache.getMany` */
  async getMany<Value>(keys: readonly string[]): Promise<(Value | undefined)[]> {
    return (await this.cache.getMany(keys)) as (Value | undefined)[];
  }

  /**
   * @param ttl milliseconds; none, or 0, lets the entry live as long as the cache says
   * @throws as `Cache.put`
   */
  async set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    await this.cache.put(key, value, lifetimeOf('set', ttl));
    return true;
  }

  /**
   * Writes many entries: one message to each node for all entries of the same lifetime.
   * @throws BadArgumentError if they are no array of `{ key, value, ttl }`: none was written; else as `Cache.putMany`
   */
  async setMany(entries: readonly KeyvStoreEntry[]): Promise<void> {
    checkEntries(entries);
    const groups = Array.from(groupByTtl(entries), ([ttl, some]) => ({
      how: lifetimeOf('setMany', ttl),
      some,
    }));
    await Promise.all(
      groups.map(({ how, some }) =>
        this.cache.putMany(
          some.map(({ key, value }) => [key, value] as const),
          how,
        ),
      ),
    );
  }

  /** @throws as `Cache.has` */
  async has(key: string): Promise<boolean> {
    return this.cache.has(key);
  }

  /** @throws as `Cache.getMany` */
  async hasMany(keys: readonly string[]): Promise<boolean[]> {
    return (await this.cache.getMany(keys)).map((value) => value !== undefined);
  }

  /**
   * @returns whether there was such an entry when it was looked for, just before
   * @throws as `deleteMany`
   */
  async delete(key: string): Promise<boolean> {
    return this.deleteMany([key]);
  }

  /**
   * @returns whether there was any of them, as `delete`
   * @throws as `Cache.getMany`, then nothing was removed, and as `Cache.deleteMany`
   */
  async deleteMany(keys: readonly string[]): Promise<boolean> {
    const found = await this.hasMany(keys);
    await this.cache.deleteMany(keys);
    return found.includes(true);
  }

  /**
   * Removes the entries of its namespace; without one, all.
   * @throws as `Cache.clear`; in a namespace as `Cache.keys` and `Cache.deleteMany`: then some may have been removed
   */
  async clear(): Promise<void> {
    if (this.namespace === undefined) {
      await this.cache.clear();
      return;
    }
    let batch: CacheKey[] = [];
    for await (const key of this.cache.keys()) {
      if (!isIn(this.namespace, key)) continue;
      batch.push(key);
      if (batch.length < batchSize) continue;
      await this.cache.deleteMany(batch);
      batch = [];
    }
    await this.cache.deleteMany(batch);
  }

  /**
   * Goes through the entries of a namespace; without one, of all.
   * @throws BadArgumentError if the namespace is no text, and as `Cache.entries`, when the next one is asked for
   */
  async *iterator<Value>(namespace = this.namespace): AsyncGenerator<(string | Value)[], void> {
    if (namespace !== undefined && typeof namespace !== 'string')
      refuse('iterator', 'a namespace', namespace);
    for await (const [key, value] of this.cache.entries()) {
      if (typeof key === 'string' && (namespace === undefined || isIn(namespace, key)))
        yield [key, value as Value];
    }
  }

  /** Nothing is closed: the cache is its node's. */
  disconnect(): Promise<void> {
    return Promise.resolve();
  }
}

function checkVerbs(cache: unknown): void {
  const { get, putMany, entries } = (cache ?? {}) as Readonly<Record<string, unknown>>;
  if (![get, putMany, entries].every((verb) => typeof verb === 'function'))
    throw new BadArgumentError({ call: 'KeyvStore', expected: 'a cache, or a part of one', got: cache });
}

function checkEntries(entries: unknown): void {
  const isEntry = (entry: unknown): boolean => typeof entry === 'object' && entry !== null && 'key' in entry;
  if (!Array.isArray(entries) || !entries.every(isEntry))
    refuse('setMany', 'entries to be an array of { key, value, ttl }', entries);
}

/** How long an entry is to live. Keyv says so by 0, or not at all, when it is for the cache to say. */
function lifetimeOf(call: string, ttl: unknown): { readonly ttlMs: number } | undefined {
  if (ttl === undefined || ttl === null || ttl === 0) return undefined;
  if (isTtl(ttl)) return { ttlMs: ttl };
  return refuse(call, 'ttl to be milliseconds', ttl);
}

function refuse(call: string, expected: string, got: unknown): never {
  throw new BadArgumentError({ call: `KeyvStore.${call}`, expected, got });
}

function isIn(namespace: string, key: CacheKey): boolean {
  return typeof key === 'string' && key.startsWith(`${namespace}:`);
}

function groupByTtl(entries: readonly KeyvStoreEntry[]): Map<number | undefined, KeyvStoreEntry[]> {
  const groups = new Map<number | undefined, KeyvStoreEntry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.ttl);
    if (group === undefined) groups.set(entry.ttl, [entry]);
    else group.push(entry);
  }
  return groups;
}
