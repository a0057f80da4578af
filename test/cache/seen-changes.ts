import { listenToCache, type Cache, type CacheEvent } from '@trestle/cache';
import type { NodeName } from '@trestle/runtime';

/** What was heard of a cache; what is awaited of it is looked for at each event. */
export class Heard {
  readonly events: CacheEvent[] = [];
  private wake = (): void => undefined;

  /** To be handed to `listenToCache`. */
  readonly listen = (event: CacheEvent): void => {
    this.events.push(event);
    this.wake();
  };

  async until(isSo: (events: readonly CacheEvent[]) => boolean): Promise<void> {
    while (!isSo(this.events)) await new Promise<void>((resolve) => (this.wake = resolve));
  }

  /** Waits until the part of a node is ready, and shares what it has with so many others at least. */
  untilReady(node: NodeName, peers: number): Promise<void> {
    return this.until((events) => {
      const last = events.findLast((event) => event.node === node);
      return last?.event === 'state' && last.state === 'ready' && last.peers.length >= peers;
    });
  }
}

/** Waits until the part of the cache's own node is ready, and knows so many others at least that hold copies. */
export async function untilReady(cache: Cache, peers: number): Promise<void> {
  const { node } = cache.requests;
  const heard = new Heard();
  const stop = await listenToCache(node, cache, ['state'], heard.listen);
  await heard.untilReady(node.name, peers);
  await stop();
}

/** Waits until the members are so of whom the node of a cache knows; they are looked at whenever they change. */
export function untilMembers(cache: Cache, isSo: (members: readonly NodeName[]) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!isSo(cache.members())) return;
      stop();
      resolve();
    };
    const stop = cache.requests.membership.onChange(look);
    look();
  });
}
