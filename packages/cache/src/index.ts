export { Cache } from './cache';
export type { CacheKey } from './cache-key';
export type { CacheMembers, RoutingName } from './cache-members';
export type { CacheOptions } from './cache-options';
export type { CacheCall } from './cache-protocol';
export { CacheServer } from './cache-server';
export type { CacheModule } from './expose-cache';
export { NoMembersError } from './no-members-error';
export { cacheSpec, startCache } from './start-cache';
