import { isPid, type Call, type GenServer, type Pid } from '@trestle/runtime';
import { isCacheKey, type CacheKey } from './cache-key';
import { areOps } from './batch-ops';
import type { BatchAnswer, BatchPart } from './batch-answer';
import type { CacheOptions, WriteConcern } from './cache-options';
import { isCacheEventKind, type CacheEventKind } from './cache-event';
import type { CacheStatistics } from './cache-statistics';
import { isWritten, type WriteRequestOptions } from './write-request';

interface Keyed {
  readonly key: CacheKey;
}

/** What one needs to know of an entry to keep it elsewhere for a while. */
export interface EntryView {
  readonly value: unknown;
  /** How long it still lives, in ms; `Infinity` unless it ends by itself. */
  readonly expiresInMs: number;
}

/** A part of what a node holds. */
export interface ScanPage {
  readonly keys: readonly CacheKey[];
  /** The values of these keys, if they were asked for. */
  readonly values?: readonly unknown[];
  /** What to ask for the next part with; none if this was the last. */
  readonly cursor?: number;
}

/** What a node has removed. */
export interface ClearedPart {
  /** How many entries. */
  readonly removed: number;
  /** All that was written until this stamp of a hybrid clock. */
  readonly until: number;
}

/**
 * Values in the order of the keys; or, of a request that must be answered at once, with the places of what others have to be
 * asked for first.
 */
export type ReadAnswer =
  readonly unknown[] | { readonly values: readonly unknown[]; readonly open: readonly number[] };

/** Asks for many entries. */
export type GetMany = {
  readonly type: 'getMany';
  readonly keys: readonly CacheKey[];
  /** Whether entries come as `EntryView`. */
  readonly views?: boolean;
  /** Whether others are not to be asked: what is not here stays open. */
  readonly atOnce?: boolean;
};
type Put = { readonly type: 'put'; readonly value: unknown } & Keyed & WriteRequestOptions;
type PutIfAbsent = { readonly type: 'putIfAbsent'; readonly value: unknown } & Keyed & WriteRequestOptions;
type CompareAndSet = {
  readonly type: 'compareAndSet';
  /** What the value must be, part by part; `undefined` if there must be none. */
  readonly expected: unknown;
  readonly value: unknown;
} & Keyed &
  WriteRequestOptions;
type Update = {
  readonly type: 'update';
  /** The name of a function that all nodes have. */
  readonly fn: string;
  /** What it gets besides the value. */
  readonly args?: readonly unknown[];
} & Keyed &
  WriteRequestOptions;
type Increment = { readonly type: 'increment'; readonly by?: number } & Keyed & WriteRequestOptions;
type Delete = { readonly type: 'delete'; readonly concern?: WriteConcern } & Keyed;
type PutMany = {
  readonly type: 'putMany';
  readonly keys: readonly CacheKey[];
  /** The values of these keys, in their order. */
  readonly values: readonly unknown[];
} & WriteRequestOptions;
type Scan = {
  readonly type: 'scan';
  readonly cursor?: number;
  /** How many keys at most. Default 1,000. */
  readonly limit?: number;
  readonly values?: boolean;
};

/** What must see the present value, and so is done by one node for each key: the first of its owners that is there. */
export type AtomicCall = PutIfAbsent | CompareAndSet | Update | Increment;

/**
 * What the server of a cache answers. Requests for one key go to any of its owners; the atomic ones best to the first,
 * for others hand them on. What a server refuses fails its call with a
 * `RemoteError`, whose cause is the error as data; `Cache` makes it the error that it was.
 */
export type CacheCall =
  | Call<{ readonly type: 'get' } & Keyed, unknown>
  | Call<{ readonly type: 'getEntry' } & Keyed, EntryView | undefined>
  /** Whether there is an entry: the value does not travel. */
  | Call<{ readonly type: 'has' } & Keyed, boolean>
  | Call<Put, 'ok'>
  | Call<Delete, 'ok'>
  /** Whether it was stored, and the value that is there now. */
  | Call<PutIfAbsent, { readonly stored: boolean; readonly value: unknown }>
  | Call<CompareAndSet, boolean>
  /** The new value. */
  | Call<Update, unknown>
  | Call<Increment, number>
  /** The values in the order of the keys, `undefined` for none. */
  | Call<GetMany, ReadAnswer>
  | Call<PutMany, 'ok'>
  | Call<
      { readonly type: 'deleteMany'; readonly keys: readonly CacheKey[]; readonly concern?: WriteConcern },
      'ok'
    >
  /** Requests for single keys, as a flat list (see `batch-ops.ts`): they are served in this order, each for itself. */
  | Call<{ readonly type: 'batch'; readonly ops: readonly unknown[] }, BatchAnswer>
  /** More of the answers to a batch, when there are some. */
  | Call<{ readonly type: 'rest'; readonly batch: number }, BatchPart>
  /** Of the entries of this node those it is the first owner of that is there, so that all nodes together have each once. */
  | Call<Scan, ScanPage>
  /** Removes what was written until now, or until the stamp that another node has answered with: see `Cache.clear`. */
  | Call<{ readonly type: 'clear'; readonly until?: number }, ClearedPart>
  /** How many entries this node holds. */
  | Call<{ readonly type: 'stats' }, number>
  | Call<{ readonly type: 'statistics' }, CacheStatistics>
  /** From now on a process, the caller by default, gets a `CacheEvent` for what happens on this node, until it ends. */
  | Call<{ readonly type: 'subscribe'; readonly events: readonly CacheEventKind[]; readonly pid?: Pid }, 'ok'>
  | Call<{ readonly type: 'unsubscribe'; readonly pid?: Pid }, 'ok'>
  /** Gives all entries to other nodes, and takes no writes from now on. @returns how many entries were given away */
  | Call<{ readonly type: 'drain' }, number>;

/** The server of a cache, for its callers. */
export type CacheProtocol = GenServer<CacheCall, never, CacheOptions>;

/** A request, whatever it says. */
type Loose = Readonly<Record<string, unknown>>;

const checks: Readonly<Record<string, (request: Loose) => boolean>> = {
  get: isKeyed,
  getEntry: isKeyed,
  has: isKeyed,
  put: isWrite,
  delete: isWrite,
  putIfAbsent: isWrite,
  compareAndSet: isWrite,
  update: (request) => isWrite(request) && typeof request.fn === 'string' && isList(request.args ?? []),
  increment: (request) => isWrite(request) && Number.isFinite(request.by ?? 1),
  getMany: (request) => hasKeys(request) && isFlag(request.views) && isFlag(request.atOnce),
  putMany: (request) =>
    hasKeys(request) && isList(request.values, request.keys as unknown[]) && isWritten(request),
  deleteMany: (request) => hasKeys(request) && isWritten(request),
  scan: ({ cursor, limit = 1 }) =>
    (cursor === undefined || Number.isSafeInteger(cursor)) &&
    Number.isSafeInteger(limit) &&
    Number(limit) > 0,
  batch: ({ ops }) => areOps(ops),
  rest: ({ batch }) => Number.isSafeInteger(batch),
  clear: ({ until }) => until === undefined || Number.isSafeInteger(until),
  stats: () => true,
  statistics: () => true,
  subscribe: ({ events, pid }) =>
    isList(events) && events.every(isCacheEventKind) && (pid === undefined || isPid(pid)),
  unsubscribe: ({ pid }) => pid === undefined || isPid(pid),
  drain: () => true,
};

/** Tells whether a request is one: what arrives may have been typed by hand into a shell. */
export function isCacheCall(request: unknown): request is CacheCall {
  if (typeof request !== 'object' || request === null) return false;
  const { type, key } = request as { readonly type?: unknown; readonly key?: unknown };
  if (type === 'get') return isCacheKey(key);
  const check = typeof type === 'string' && Object.hasOwn(checks, type) ? checks[type] : undefined;
  return check !== undefined && check(request as Loose);
}

function isKeyed({ key }: Loose): boolean {
  return isCacheKey(key);
}

function isWrite(request: Loose): boolean {
  return isCacheKey(request.key) && isWritten(request);
}

function hasKeys({ keys }: Loose): boolean {
  if (!Array.isArray(keys)) return false;
  for (const key of keys) if (typeof key !== 'string' && !isCacheKey(key)) return false;
  return true;
}

function isFlag(value: unknown): boolean {
  return value === undefined || typeof value === 'boolean';
}

function isList(value: unknown, like?: readonly unknown[]): value is readonly unknown[] {
  return Array.isArray(value) && (like === undefined || like.length === value.length);
}
