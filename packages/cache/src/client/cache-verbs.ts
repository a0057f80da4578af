import type { CallOptions } from '@trestle/runtime';
import type { CacheKey } from '../terms/cache-key';
import type { Loader, LoadOptions } from './loads/single-flight';
import type { ScanOptions } from './key-scan';
import type { DeleteOptions, WriteOptions } from './write-options';

/** What `putIfAbsent` has found. */
export interface PutIfAbsentResult<Value> {
  /** Whether it was stored. */
  readonly stored: boolean;
  /** The value that is there now. */
  readonly value: Value;
}

/**
 * What one does with entries: of a whole cache, of a namespace of it, or by way of a near cache. Keys are strings, finite
 * numbers, or tuples of them. Every promise rejects with one of these:
 *
 * - `BadArgumentError` for a wrong argument, `UnsendableError` for a value that must travel and cannot: nothing was done.
 * - `NodeDownError` at once when all owners are down, `NoProcessError` when none runs such a cache (yet),
 *   `NoMembersError` when no node that could hold entries is there; `CallTimeoutError` after `timeoutMs`.
 * - What the owner refuses with, as if it had been raised here: `CacheReadError`, `CacheWriteError`, `CacheFullError`,
 *   `ValueTooLargeError`, `CacheDrainingError`. `RemoteError` is what a function of `update` threw.
 *
 * `error.mayHaveBeenHandled` tells whether a write may have been done all the same.
 */
export interface CacheVerbs<Value, Input = Value> {
  /**
   * Reads an entry.
   * @param options.timeoutMs milliseconds, default 5,000
   * @returns its value; `undefined` if there is none
   * @throws CacheReadError if copies are there and none answers; CallTimeoutError; NodeDownError, NoProcessError or
   * NoMembersError if no owner is there; BadArgumentError
   */
  get(key: CacheKey, options?: CallOptions): Promise<Value | undefined>;

  /**
   * Whether there is an entry; one whose value is `undefined` is one. The value does not travel. It counts as a read.
   * @param options.timeoutMs milliseconds, default 5,000
   * @throws as `get`
   */
  has(key: CacheKey, options?: CallOptions): Promise<boolean>;

  /**
   * Writes an entry, in place of the one it may have.
   * @param options.ttlMs how long it lives, in milliseconds; default: as the cache says
   * @param options.sliding whether each read lets it live as long again; default: as the cache says
   * @param options.concern how many copies must be written when it is answered; default: as the cache says
   * @param options.timeoutMs milliseconds, default 5,000
   * @throws CacheWriteError if too few copies could be written; CacheFullError, ValueTooLargeError, CacheDrainingError
   * if the owner does not take it; CallTimeoutError, NodeDownError, NoProcessError or NoMembersError: it may be written
   * if `error.mayHaveBeenHandled`
   * @throws BadArgumentError; UnsendableError if the value has to travel and cannot: nothing was written
   */
  put(key: CacheKey, value: Input, options?: WriteOptions): Promise<'ok'>;

  /**
   * Removes an entry; there need not be one.
   * @param options.concern how many copies must know when it is answered; default: as the cache says
   * @param options.timeoutMs milliseconds, default 5,000
   * @throws as `put`: it may be removed if `error.mayHaveBeenHandled`
   */
  delete(key: CacheKey, options?: DeleteOptions): Promise<'ok'>;

  /**
   * Writes an entry unless there is one; of many at the same time one does.
   * @param options as of `put`
   * @returns whether it was written, and the value that is there now
   * @throws as `put`; it is not asked for again at another owner if it may have been written
   */
  putIfAbsent(key: CacheKey, value: Input, options?: WriteOptions): Promise<PutIfAbsentResult<Value>>;

  /**
   * Writes an entry if its value is the expected one, compared part by part.
   * @param expected `undefined` expects that there is none
   * @param options as of `put`
   * @returns whether it was written
   * @throws as `put`; it is not asked for again at another owner if it may have been written
   */
  compareAndSet(
    key: CacheKey,
    expected: Value | undefined,
    value: Input,
    options?: WriteOptions,
  ): Promise<boolean>;

  /**
   * Has a function make a new value from the present one, where the entry is; `undefined` removes it.
   * @param fn the name of one of the cache's `functions`
   * @param args what it gets besides the value, none by default
   * @param options as of `put`; without `ttlMs` the entry lives as long as before
   * @returns the new value
   * @throws RemoteError if the function throws, with what it threw as `cause`: nothing was written
   * @throws BadArgumentError if there is no such function
   * @throws as `put`; it is not asked for again at another owner if it may have been done
   */
  update(
    key: CacheKey,
    fn: string,
    args?: readonly unknown[],
    options?: WriteOptions,
  ): Promise<Value | undefined>;

  /**
   * Adds to a number; there being none counts as 0.
   * @param by what to add, default 1
   * @param options as of `put`; without `ttlMs` the entry lives as long as before
   * @returns the new number
   * @throws BadArgumentError if `by` is no finite number, the value is no number, or no number can hold the sum: nothing
   * was written
   * @throws as `put`; it is not asked for again at another owner if it may have been done
   */
  increment(key: CacheKey, by?: number, options?: WriteOptions): Promise<number>;

  /**
   * Reads many entries, with one message for each node.
   * @param options.timeoutMs milliseconds for all, default 5,000
   * @returns the values in the order of the keys, `undefined` for what is not there
   * @throws as `get`, if one of them cannot be read
   */
  getMany(keys: Iterable<CacheKey>, options?: CallOptions): Promise<(Value | undefined)[]>;

  /**
   * Writes many entries, with one message for each node; of a key that is given twice the last value stays.
   * @param options as of `put`, for each of them; `timeoutMs` for all, default 5,000
   * @throws as `put`: then some may have been written. BadArgumentError: then none was
   */
  putMany(entries: Iterable<readonly [CacheKey, Input]>, options?: WriteOptions): Promise<'ok'>;

  /**
   * Removes many entries, with one message for each node.
   * @param options as of `delete`; `timeoutMs` for all, default 5,000
   * @throws as `delete`: then some may have been removed. BadArgumentError: then none was
   */
  deleteMany(keys: Iterable<CacheKey>, options?: DeleteOptions): Promise<'ok'>;

  /**
   * Reads an entry; if there is none, has it loaded, and writes it: by one for all who want it at the same time, on any
   * node. It is loaded twice only if members change meanwhile, or the loader's node is lost, or takes too long.
   * @param load makes the value; one that is `undefined` reads like none, and is loaded each time
   * @param options.timeoutMs how long this caller waits, in milliseconds; default: as long as it takes
   * @param options.loadTimeoutMs how long a load may take, in milliseconds, default 30,000
   * @throws what `load` throws, to those who called on the node that loads; LoadFailedError to others
   * @throws LoadTimeoutError after `loadTimeoutMs`: then another node that waits loads
   * @throws CallTimeoutError after `timeoutMs`; the load goes on for the others
   * @throws LoadCycleError to a `load` that asks for what it loads itself, before it has waited for anything
   * @throws as `get` and `put`
   */
  getOrLoad(key: CacheKey, load: Loader<Input>, options?: LoadOptions): Promise<Value>;

  /**
   * Removes all entries. A node that is away removes what was written before when it is back, and what is written once this
   * is answered stays, wherever. What is written meanwhile may go or stay, everywhere alike.
   * @param options.timeoutMs milliseconds for each of its two rounds of messages, default 5,000
   * @throws CallTimeoutError if a node does not answer: all may be removed all the same
   */
  clear(options?: CallOptions): Promise<'ok'>;

  /**
   * Goes through all keys. What is there all the time comes at least once, and exactly once while the members stay. What
   * is written or removed meanwhile may come or not.
   * @param options.pageSize how many keys travel at once, default 1,000
   * @param options.timeoutMs milliseconds for each page, default 5,000
   * @throws BadArgumentError, CallTimeoutError, and with one copy NodeDownError or NoProcessError, when the next one is
   * asked for
   */
  keys(options?: ScanOptions): AsyncGenerator<CacheKey, void, undefined>;

  /** As `keys`, with the values. */
  entries(options?: ScanOptions): AsyncGenerator<readonly [CacheKey, Value], void, undefined>;
}
