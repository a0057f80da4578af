import { startCache, type CacheOptions, type CacheServer } from '@trestle/cache';
import { localName, sys, type Node, type NodeName } from '@trestle/runtime';
import type { Simulation } from '@trestle/runtime/testing';
import type { CachePart } from '../../../packages/cache/src/server/cache-part';
import { Tombstone } from '../../../packages/cache/src/store/entry';
import type { StoredKey } from '../../../packages/cache/src/store/stored-key';

/** The name of the cache's servers. */
export const CACHE = localName<CacheServer>('Cache');

/** The nodes of a cache with fixed members. */
export const fiveNodes = [1, 2, 3, 4, 5].map((i): NodeName => `n${i}@sim`);

/** Starts a part of a cache on each node, in each of its lives. */
export function cacheOn(options: Partial<CacheOptions> & Pick<CacheOptions, 'nodes' | 'members'>) {
  return async (node: Node): Promise<void> => {
    await startCache(node, { name: 'Cache', ...options });
  };
}

/** What a node holds. */
export async function partOf(node: Node): Promise<CachePart> {
  const state = await sys.getState(node, CACHE);
  return (state as { work: { part: CachePart } }).work.part;
}

/** What a node knows: key, value and version of each entry; and of what was deleted, without a value. */
export async function recordsOf(node: Node): Promise<Map<StoredKey, string>> {
  const { store } = await partOf(node);
  return new Map(
    [...store.records()].map(([key, record]) => {
      const what = record instanceof Tombstone ? 'deleted' : JSON.stringify(record.value);
      return [key, `${what} ${record.stamp} ${record.origin}`];
    }),
  );
}

/** Waits until every node sees all others of the cache, and has compared with them. */
export async function untilInStep(sim: Simulation, expected = sim.nodes.length): Promise<void> {
  for (;;) {
    const parts = await Promise.all(sim.nodes.map(partOf));
    if (parts.every((part) => isInStep(part, expected - 1))) return;
    await sim.advance(50);
  }
}

function isInStep({ replicas }: CachePart, peers: number): boolean {
  return replicas !== null && replicas.isInStep && replicas.peers.all().length === peers;
}

/** The keys whose copies are not on exactly their owners, or not the same everywhere; with what is there. */
export async function wrongCopies(nodes: readonly Node[]): Promise<unknown[]> {
  const parts = await Promise.all(nodes.map(partOf));
  const records = await Promise.all(nodes.map(recordsOf));
  const known = new Map(nodes.map(({ name }, i) => [name, records[i]!]));
  return wronglyPlaced(known, (key) => parts[0]!.replicas!.ownersOf(key));
}

/** The same of what nodes are known to know. */
export function wronglyPlaced(
  known: ReadonlyMap<NodeName, ReadonlyMap<StoredKey, string>>,
  ownersOf: (key: StoredKey) => readonly NodeName[],
): unknown[] {
  const keys = new Set([...known.values()].flatMap((records) => [...records.keys()]));
  return [...keys].flatMap((key) => {
    const there = [...known].flatMap(([name, records]) => (records.has(key) ? [name] : []));
    const versions = new Set(there.map((name) => known.get(name)!.get(key)));
    const owners = ownersOf(key);
    const isRight = versions.size === 1 && there.toSorted().join() === [...owners].toSorted().join();
    return isRight ? [] : [{ key, owners, there, versions: [...versions] }];
  });
}
