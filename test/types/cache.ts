// What caches, their members and their routing say to the compiler: right uses with their types, and wrong ones.
import {
  CacheClient,
  CacheDrainingError,
  CacheWriteError,
  KeyvStore,
  listenToCache,
  startCache,
  startNearCache,
  type Cache,
  type CacheKey,
} from '@trestle/cache';
import {
  membershipOf,
  modulo,
  rendezvous,
  ring,
  routingHash,
  startMembership,
  tokens,
} from '@trestle/cluster';
import type { Node, NodeName } from '@trestle/runtime';
import Keyv from 'keyv';
import { z } from 'zod';

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : { different: [A, B] };
function same<A, B>(_same: Same<A, B>): void {}

interface User {
  readonly name: string;
}

export async function verbs(cache: Cache<User>): Promise<void> {
  const user = await cache.get('ada');
  same<typeof user, User | undefined>(true);
  same<Awaited<ReturnType<typeof cache.has>>, boolean>(true);
  const many = await cache.getMany(['ada', 7, ['user', 7]]);
  same<typeof many, (User | undefined)[]>(true);
  const loaded = await cache.getOrLoad('ada', (key) => ({ name: String(key) }), {
    ttlMs: 1,
    loadTimeoutMs: 1,
  });
  same<typeof loaded, User>(true);
  const absent = await cache.putIfAbsent('ada', { name: 'Ada' });
  same<typeof absent.value, User>(true);
  for await (const [key, value] of cache.entries({ pageSize: 10 })) {
    same<typeof key, CacheKey>(true);
    same<typeof value, User>(true);
  }
  await cache.putMany(new Map([['ada', { name: 'Ada' }]]), { concern: 'quorum' });
  // @ts-expect-error: a value of this cache has a name
  await cache.put('ada', {});
  // @ts-expect-error: a user is loaded, not a text
  await cache.getOrLoad('ada', () => 'Ada');
  // @ts-expect-error: no such concern
  await cache.put('ada', { name: 'Ada' }, { concern: 'most' });
  // @ts-expect-error: an object is no key
  await cache.get({ id: 7 });
  // @ts-expect-error: milliseconds end in Ms
  await cache.put('ada', { name: 'Ada' }, { ttl: 5 });
}

export async function parts(node: Node, cache: Cache): Promise<void> {
  const users = cache.namespace('users', { schema: z.object({ name: z.string().default('nobody') }) });
  const user = await users.get('ada');
  same<typeof user, { name: string } | undefined>(true);
  await users.put('ada', {});
  // @ts-expect-error: the schema wants a text
  await users.put('ada', { name: 7 });
  const near = await startNearCache(node, await startCache<User>(node, { name: 'c', members: 'a' }));
  const read = await near.get('ada');
  same<typeof read, User | undefined>(true);
  const nearMany = await near.getMany(['ada']);
  same<typeof nearMany, (User | undefined)[]>(true);
  // @ts-expect-error: a value of this cache has a name
  await near.putIfAbsent('ada', {});
  new Keyv({ store: new KeyvStore(near) });
  new Keyv({ store: new KeyvStore(cache) });
  new Keyv({ store: new KeyvStore(users) });
  await listenToCache(node, cache, ['evicted'], (event) => event.node);
  // @ts-expect-error: no such event
  await listenToCache(node, cache, ['read'], () => undefined);
  const client = await CacheClient.start<User>(node, { name: 'c', members: 'a', connectTo: ['a@h'] });
  same<Awaited<ReturnType<typeof client.get>>, User | undefined>(true);
}

export async function members(node: Node): Promise<void> {
  const membership = await startMembership(node, {
    name: 'm',
    members: (name) => name !== 'x@h',
    strategy: tokens(),
  });
  const owners = membership.current().owners(routingHash(['user', 7]), 3);
  same<typeof owners, readonly NodeName[]>(true);
  // @ts-expect-error: what is given out is shared
  owners.push('y@h');
  membershipOf(node, 'm').onChange((now, before) => now.members.length - before.members.length)();
  for (const strategy of [modulo, ring({ virtualNodes: 8 }), rendezvous({ weights: { 'a@h': 2 } })])
    strategy.route([]);
  // @ts-expect-error: a strategy is made first
  await startMembership(node, { name: 'm', members: 'a', strategy: tokens });
  // @ts-expect-error: an object cannot be hashed
  routingHash({});
  // @ts-expect-error: no such routing
  await startCache(node, { name: 'c', members: 'a', routing: 'random' });
}

export async function errors(cache: Cache<User>): Promise<void> {
  try {
    await cache.put('ada', { name: 'Ada' });
  } catch (error) {
    if (error instanceof CacheWriteError) {
      same<typeof error.code, 'ERR_CACHE_WRITE'>(true);
      same<typeof error.wanted, number>(true);
      // @ts-expect-error: the node is known of one that is draining
      same<typeof error.node, NodeName>(true);
    }
    if (error instanceof CacheDrainingError) same<typeof error.node, NodeName>(true);
  }
}
