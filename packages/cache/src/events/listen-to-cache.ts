import { stopServer, type AnySelf, type Node } from '@trestle/runtime';
import { checkOptions, functionSchema, z } from '@trestle/runtime/internal';
import type { Cache } from '../client/cache';
import { checkCache } from '../client/check-cache';
import { nodeOf } from '../client/check-node';
import { cacheEventKinds, type CacheEvent, type CacheEventKind } from '../terms/cache-event';
import { EventFeed } from './event-feed';

const kinds = `'${cacheEventKinds.join("', '")}'`;

const schema = z.strictObject({
  events: z
    .array(z.enum(cacheEventKinds, `one of ${kinds}`), `an array of ${kinds}`)
    .min(1, 'at least one event'),
  listener: functionSchema<(event: CacheEvent) => void>(),
});

/**
 * Has a function called for what happens to the entries of a cache, on all nodes that hold some, also on those that come
 * later: a process that subscribes on each of them, and again when one was restarted. With copies each node tells of its
 * own. What happens on a node that is lost, or before it was asked, is not told. A process can be told by a listener that
 * sends it the event.
 * @param on the node; or the process to link it to
 * @returns stops it
 * @throws BadArgumentError if an argument is wrong
 */
export async function listenToCache(
  on: Node | AnySelf,
  cache: Cache<never> | Cache,
  events: readonly CacheEventKind[],
  listener: (event: CacheEvent) => void,
): Promise<() => Promise<void>> {
  const call = 'listenToCache';
  nodeOf(call, on);
  checkCache(call, cache);
  checkOptions(call, schema, { events, listener });
  const { requests } = cache;
  const label = `listener of ${requests.name}`;
  const hear = (event: CacheEvent): void => {
    listener(event);
  };
  const args = { requests, events, label, heard: new Set<string>(), hear, missed: () => undefined };
  const pid =
    'startLink' in on ? await on.startLink(EventFeed, { args }) : await on.start(EventFeed, { args });
  return async () => {
    if (requests.node.isAlive(pid)) await stopServer(requests.node, pid);
  };
}
