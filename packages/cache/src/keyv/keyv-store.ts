import { EventEmitter } from 'node:events';
import type { CacheKey } from '../cache-key';
import { isTtl } from '../cache-options';
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
  /** Keyv asks for it. */
  readonly opts: { readonly dialect: string; readonly url: string };
  /** Keyv sets it, and begins keys with it; `clear` removes only those. */
  namespace: string | undefined;

  constructor(private readonly cache: CacheVerbs<unknown>) {
    super();
    this.opts = { dialect: 'trestle', url: 'trestle://' };
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    return (await this.cache.get(key)) as Value | undefined;
  }

  async getMany<Value>(keys: readonly string[]): Promise<(Value | undefined)[]> {
    return (await this.cache.getMany(keys)) as (Value | undefined)[];
  }

  /** @param ttl milliseconds; none, or 0, lets the entry live as long as the cache says */
  async set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    await this.cache.put(key, value, isTtl(ttl) ? { ttlMs: ttl } : undefined);
    return true;
  }

  /** One message to each node for all entries of the same lifetime. */
  async setMany(entries: readonly KeyvStoreEntry[]): Promise<void> {
    const byTtl = groupByTtl(entries);
    await Promise.all(
      Array.from(byTtl, ([ttl, some]) =>
        this.cache.putMany(
          some.map(({ key, value }) => [key, value] as const),
          isTtl(ttl) ? { ttlMs: ttl } : undefined,
        ),
      ),
    );
  }

  async has(key: string): Promise<boolean> {
    return (await this.cache.get(key)) !== undefined;
  }

  async hasMany(keys: readonly string[]): Promise<boolean[]> {
    return (await this.cache.getMany(keys)).map((value) => value !== undefined);
  }

  /** @returns whether there was such an entry when it was looked for, just before */
  async delete(key: string): Promise<boolean> {
    return this.deleteMany([key]);
  }

  /** @returns whether there was any of them, as `delete` */
  async deleteMany(keys: readonly string[]): Promise<boolean> {
    const found = await this.hasMany(keys);
    await this.cache.deleteMany(keys);
    return found.includes(true);
  }

  /** Removes the entries of its namespace; without one, all. */
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

  /** Goes through the entries of a namespace; without one, of all. */
  async *iterator<Value>(namespace = this.namespace): AsyncGenerator<(string | Value)[], void> {
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
