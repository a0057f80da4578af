import type { Call, GenServer } from '@trestle/runtime';
import { isCacheKey, type CacheKey } from './cache-key';
import type { CacheOptions } from './cache-options';

/** What the server of a cache answers. */
export type CacheCall =
  | Call<{ readonly type: 'get'; readonly key: CacheKey }, unknown>
  | Call<{ readonly type: 'put'; readonly key: CacheKey; readonly value: unknown }, 'ok'>
  | Call<{ readonly type: 'delete'; readonly key: CacheKey }, 'ok'>
  | Call<{ readonly type: 'stats' }, number>;

/** The server of a cache, for its callers. */
export type CacheProtocol = GenServer<CacheCall, never, CacheOptions>;

/** Tells whether a request is one: what arrives may have been typed by hand into a shell. */
export function isCacheCall(request: unknown): request is CacheCall {
  const { type, key } = (request ?? {}) as { readonly type?: unknown; readonly key?: unknown };
  if (type === 'get' || type === 'put' || type === 'delete') return isCacheKey(key);
  return type === 'stats';
}
