export { Cache } from './client/cache';
export type { CacheVerbs, PutIfAbsentResult } from './client/cache-verbs';
export { CacheClient, type CacheClientOptions } from './client/cache-client';
export { CacheNamespace, type NamespaceOptions } from './client/namespace';
export {
  startNearCache,
  type NearCache,
  type NearCacheOptions,
  type NearStatistics,
} from './near/near-cache';
export type { CacheKey } from './terms/cache-key';
export type { CacheMembers, RoutingName } from './terms/cache-members';
export {
  CacheDrainingError,
  CacheFullError,
  CacheOptionsError,
  CacheReadError,
  CacheWriteError,
  ValueTooLargeError,
} from './terms/cache-errors';
export type { CacheOptions, UpdateFunction, WhenFull, WriteConcern } from './terms/cache-options';
export type { CacheCall, ClearedPart, EntryView, ScanPage } from './terms/cache-protocol';
export { CacheServer } from './server/cache-server';
export type { CacheStatistics } from './terms/cache-statistics';
export type { CacheEvent, CacheEventKind, PartState } from './terms/cache-event';
export { listenToCache } from './events/listen-to-cache';
export type { CacheModule } from './client/expose-cache';
export { KeyvStore, type KeyvStoreEntry } from './keyv/keyv-store';
export { LoadCycleError, LoadFailedError, LoadTimeoutError } from './loads/load-errors';
export type { Loader, LoadOptions } from './client/loads/single-flight';
export type { NamespaceSchemas } from './terms/namespace-schemas';
export { NoMembersError } from './terms/no-members-error';
export type { ScanOptions } from './client/key-scan';
export type { TotalStatistics } from './client/total-statistics';
export type { DeleteOptions, WriteOptions } from './client/write-options';
export { cacheSpec, startCache } from './start-cache';
export type { WriteRequestOptions } from './terms/write-request';
