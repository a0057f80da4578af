import { BadArgumentError, type CallOptions } from '@trestle/runtime';
import { checkOptions, inspected, textSchema, z } from '@trestle/runtime/internal';
import { inspect, type InspectOptionsStylized } from 'node:util';
import type { ZodType } from 'zod';
import { checkKey, type CacheKey } from '../terms/cache-key';
import type { Loader, LoadOptions } from './loads/single-flight';
import { fitValue, schemaOf, type NamespaceSchemas } from '../terms/namespace-schemas';
import type { CacheVerbs, PutIfAbsentResult } from './cache-verbs';
import { checkLoader, entryList, keyList } from './checked-arguments';
import type { ScanOptions } from './key-scan';
import { callOptions, type DeleteOptions, type WriteOptions } from './write-options';

/** What a namespace is. */
export interface NamespaceOptions<Value, Input> {
  /** What its values must be. Default: as the cache's `schemas` say. What it makes of a value, defaults for example, is what is stored. */
  readonly schema?: ZodType<Value, Input>;
}

const nameSchema = z.strictObject({ name: textSchema });
const optionsSchema = z.strictObject({
  schema: z
    .custom<ZodType>((value) => value === undefined || value instanceof z.ZodType, 'a zod schema')
    .optional(),
});

/** Keys are removed so many at a time. */
const batchSize = 1_000;

/**
 * A part of a cache with keys of its own: `'a'` here is the tuple `[name, 'a']` of the whole. Values are checked before
 * anything is sent; what is read was checked when it was written.
 */
export class CacheNamespace<Value, Input = Value> implements CacheVerbs<Value, Input> {
  private readonly schema: ZodType | undefined;

  /**
   * @param schemas those that the servers check by, too
   * @throws BadArgumentError if the name is none, or the schema is no schema
   */
  constructor(
    private readonly whole: CacheVerbs<unknown>,
    readonly name: string,
    options: NamespaceOptions<Value, Input> = {},
    private readonly schemas: NamespaceSchemas = {},
  ) {
    const call = 'cache namespace';
    checkOptions(call, nameSchema, { name });
    checkOptions(call, optionsSchema, options);
    this.schema = options.schema ?? schemaOf(schemas, name);
  }

  /** For prompts and logs. */
  [inspect.custom](depth: number, options: InspectOptionsStylized): string {
    return inspected('CacheNamespace', { name: this.name, of: this.whole }, depth, options);
  }

  async get(key: CacheKey, options?: CallOptions): Promise<Value | undefined> {
    return (await this.whole.get(this.keyOf('get', key), options)) as Value | undefined;
  }

  async has(key: CacheKey, options?: CallOptions): Promise<boolean> {
    return this.whole.has(this.keyOf('has', key), options);
  }

  /**
   * As `Cache.put`, of a value that fits the schema.
   * @throws BadArgumentError if it does not, with the path of what does not: nothing is sent; else as `Cache.put`
   */
  async put(key: CacheKey, value: Input, options?: WriteOptions): Promise<'ok'> {
    return this.whole.put(this.keyOf('put', key), this.fit('put', value), options);
  }

  async delete(key: CacheKey, options?: DeleteOptions): Promise<'ok'> {
    return this.whole.delete(this.keyOf('delete', key), options);
  }

  /**
   * As `Cache.putIfAbsent`, of a value that fits the schema.
   * @throws BadArgumentError if it does not: nothing is sent; else as `Cache.putIfAbsent`
   */
  async putIfAbsent(key: CacheKey, value: Input, options?: WriteOptions): Promise<PutIfAbsentResult<Value>> {
    const own = this.keyOf('putIfAbsent', key);
    const result = await this.whole.putIfAbsent(own, this.fit('putIfAbsent', value), options);
    return result as PutIfAbsentResult<Value>;
  }

  /**
   * As `Cache.compareAndSet`, of a value that fits the schema; what is expected need not fit.
   * @throws BadArgumentError if it does not: nothing is sent; else as `Cache.compareAndSet`
   */
  async compareAndSet(
    key: CacheKey,
    expected: Value | undefined,
    value: Input,
    options?: WriteOptions,
  ): Promise<boolean> {
    const own = this.keyOf('compareAndSet', key);
    return this.whole.compareAndSet(own, expected, this.fit('compareAndSet', value), options);
  }

  /**
   * As `Cache.update`; what the function makes must fit the schema.
   * @throws BadArgumentError if it does not, or the cache does not have the schema: nothing is written; else as
   * `Cache.update`
   */
  async update(
    key: CacheKey,
    fn: string,
    args: readonly unknown[] = [],
    options?: WriteOptions,
  ): Promise<Value | undefined> {
    const own = this.keyOf('update', key);
    this.checkServed('update');
    return (await this.whole.update(own, fn, args, options)) as Value | undefined;
  }

  /**
   * As `Cache.increment`; the new number must fit the schema.
   * @throws BadArgumentError as `update`; else as `Cache.increment`
   */
  async increment(key: CacheKey, by = 1, options?: WriteOptions): Promise<number> {
    const own = this.keyOf('increment', key);
    this.checkServed('increment');
    return this.whole.increment(own, by, options);
  }

  async getMany(keys: Iterable<CacheKey>, options?: CallOptions): Promise<(Value | undefined)[]> {
    const own = this.keysOf('getMany', keys);
    return (await this.whole.getMany(own, options)) as (Value | undefined)[];
  }

  /**
   * As `Cache.putMany`, of values that fit the schema.
   * @throws BadArgumentError if one of them does not: then none is written; else as `Cache.putMany`
   */
  async putMany(entries: Iterable<readonly [CacheKey, Input]>, options?: WriteOptions): Promise<'ok'> {
    const own = entryList('putMany', entries).map(
      ([key, value]) => [this.keyOf('putMany', key), this.fit('putMany', value)] as const,
    );
    return this.whole.putMany(own, options);
  }

  async deleteMany(keys: Iterable<CacheKey>, options?: DeleteOptions): Promise<'ok'> {
    return this.whole.deleteMany(this.keysOf('deleteMany', keys), options);
  }

  /**
   * As `Cache.getOrLoad`; what is loaded must fit the schema.
   * @throws BadArgumentError if it does not: then it is not written; else as `Cache.getOrLoad`
   */
  async getOrLoad(key: CacheKey, load: Loader<Input>, options?: LoadOptions): Promise<Value> {
    const own = this.keyOf('getOrLoad', key);
    checkLoader('getOrLoad', load);
    const checked = async (): Promise<unknown> => this.fit('getOrLoad', await load(key));
    return (await this.whole.getOrLoad(own, checked, options)) as Value;
  }

  /**
   * Removes the entries of this namespace: it goes through the keys of the whole cache.
   * @param options.timeoutMs milliseconds for each page of keys and each removal of 1,000, default 5,000
   * @throws as `Cache.keys` and `Cache.deleteMany`: then some may have been removed
   */
  async clear(options?: CallOptions): Promise<'ok'> {
    const wait = callOptions('clear', options);
    let batch: CacheKey[] = [];
    for await (const key of this.keys(wait)) {
      batch.push(key);
      if (batch.length < batchSize) continue;
      await this.deleteMany(batch, wait);
      batch = [];
    }
    return this.deleteMany(batch, wait);
  }

  /**
   * As `Cache.keys`: it goes through the keys of the whole cache, and shows those of this namespace.
   * @throws as `Cache.keys`
   */
  async *keys(options?: ScanOptions): AsyncGenerator<CacheKey, void, undefined> {
    for await (const key of this.whole.keys(options)) if (this.isOwn(key)) yield key[1];
  }

  /** As `keys`, with the values. */
  async *entries(options?: ScanOptions): AsyncGenerator<readonly [CacheKey, Value], void, undefined> {
    for await (const [key, value] of this.whole.entries(options)) {
      if (this.isOwn(key)) yield [key[1], value as Value];
    }
  }

  private keysOf(call: string, keys: Iterable<CacheKey>): CacheKey[] {
    return keyList(call, keys).map((key) => this.keyOf(call, key));
  }

  private keyOf(call: string, key: CacheKey): CacheKey {
    checkKey(`cache ${call}`, key);
    return [this.name, key];
  }

  private isOwn(key: CacheKey): key is readonly [string, CacheKey] {
    return Array.isArray(key) && key.length === 2 && key[0] === this.name;
  }

  private fit(call: string, value: unknown): unknown {
    return this.schema === undefined ? value : fitValue(call, this.name, this.schema, value);
  }

  /** What is made where the entry is can be checked only by a schema that is there. */
  private checkServed(call: string): void {
    if (this.schema === undefined || schemaOf(this.schemas, this.name) !== undefined) return;
    const expected = "its schema to be among the cache's 'schemas'";
    throw new BadArgumentError({ call: `cache ${call} in '${this.name}'`, expected, got: this.schemas });
  }
}
