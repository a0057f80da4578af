export { Cache } from './cache';
export type { CacheVerbs, PutIfAbsentResult } from './client/cache-verbs';
export { CacheClient, type CacheClientOptions } from './client/cache-client';
export { CacheNamespace, type NamespaceOptions } from './client/namespace';
export {
  startNearCache,
  type NearCache,
  type NearCacheOptions,
  type NearStatistics,
} from './near/near-cache';
export type { CacheKey } from './cache-key';
export type { CacheMembers, RoutingName } from './cache-members';
export {
  CacheDrainingError,
  CacheFullError,
  CacheOptionsError,
  CacheReadError,
  CacheWriteError,
  ValueTooLargeError,
} from './cache-errors';
export type { CacheOptions, UpdateFunction, WhenFull, WriteConcern } from './cache-options';
export type { CacheCall, ClearedPart, EntryView, ScanPage } from './cache-protocol';
export { CacheServer } from './cache-server';
export type { CacheStatistics } from './cache-statistics';
export type { CacheEvent, CacheEventKind, PartState } from './events/cache-event';
export { listenToCache } from './events/listen-to-cache';
export type { CacheModule } from './expose-cache';
export { KeyvStore, type KeyvStoreEntry } from './keyv/keyv-store';
export { LoadCycleError, LoadFailedError, LoadTimeoutError } from './loads/load-errors';
export type { Loader, LoadOptions } from './loads/single-flight';
export type { NamespaceSchemas } from './namespace-schemas';
export { NoMembersError } from './no-members-error';
export type { ScanOptions } from './client/key-scan';
export type { TotalStatistics } from './client/total-statistics';
export type { DeleteOptions, WriteOptions } from './client/write-options';
export { cacheSpec, startCache } from './start-cache';
export type { WriteRequestOptions } from './write-request';
