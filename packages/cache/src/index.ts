export { Cache } from './cache';
export type { CacheKey } from './cache-key';
export type { CacheOptions } from './cache-options';
export type { CacheCall } from './cache-protocol';
export { CacheServer } from './cache-server';
export type { CacheModule } from './expose-cache';
export { cacheSpec, startCache } from './start-cache';
