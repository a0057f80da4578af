import type { CallOptions } from '@trestle/runtime';
import type { CacheKey } from '../cache-key';
import type { Loader, LoadOptions } from '../loads/single-flight';
import type { ScanOptions } from './key-scan';
import type { DeleteOptions, WriteOptions } from './write-options';

/** What `putIfAbsent` has found. */
export interface PutIfAbsentResult<Value> {
  /** Whether it was stored. */
  readonly stored: boolean;
  /** The value that is there now. */
  readonly value: Value;
}

/** What one does with entries, as `Cache` says it: of a whole cache, or of a part of it. */
export interface CacheVerbs<Value, Input = Value> {
  get(key: CacheKey, options?: CallOptions): Promise<Value | undefined>;
  has(key: CacheKey, options?: CallOptions): Promise<boolean>;
  put(key: CacheKey, value: Input, options?: WriteOptions): Promise<'ok'>;
  delete(key: CacheKey, options?: DeleteOptions): Promise<'ok'>;
  putIfAbsent(key: CacheKey, value: Input, options?: WriteOptions): Promise<PutIfAbsentResult<Value>>;
  compareAndSet(
    key: CacheKey,
    expected: Value | undefined,
    value: Input,
    options?: WriteOptions,
  ): Promise<boolean>;
  update(
    key: CacheKey,
    fn: string,
    args?: readonly unknown[],
    options?: WriteOptions,
  ): Promise<Value | undefined>;
  increment(key: CacheKey, by?: number, options?: WriteOptions): Promise<number>;
  getMany(keys: Iterable<CacheKey>, options?: CallOptions): Promise<(Value | undefined)[]>;
  putMany(entries: Iterable<readonly [CacheKey, Input]>, options?: WriteOptions): Promise<'ok'>;
  deleteMany(keys: Iterable<CacheKey>, options?: DeleteOptions): Promise<'ok'>;
  getOrLoad(key: CacheKey, load: Loader<Input>, options?: LoadOptions): Promise<Value>;
  clear(options?: CallOptions): Promise<'ok'>;
  keys(options?: ScanOptions): AsyncGenerator<CacheKey, void, undefined>;
  entries(options?: ScanOptions): AsyncGenerator<readonly [CacheKey, Value], void, undefined>;
}
