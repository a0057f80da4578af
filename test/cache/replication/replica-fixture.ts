import type { Routing } from '@trestle/cluster';
import type { NodeName, Pid, ProcessLog, Ref, TrestleError } from '@trestle/runtime';
import { fullCacheOptions } from '../../../packages/cache/src/terms/cache-options';
import type { Greeting, PeerMessage } from '../../../packages/cache/src/replication/peer-message';
import { Owners } from '../../../packages/cache/src/replication/owners';
import { Peers, type Peer } from '../../../packages/cache/src/replication/peers';
import type { WriteEnd } from '../../../packages/cache/src/replication/writes/pending-write';
import type { ReplicaContext } from '../../../packages/cache/src/replication/replica-context';
import { entryOf, type Entry } from '../../../packages/cache/src/store/entry';
import { Store } from '../../../packages/cache/src/store/store';
import { HybridClock, stampAt } from '../../../packages/cache/src/versions/hybrid-clock';

export const wallStart = 1_700_000_000_000;

/** A routing under which every key belongs to the first members. */
export function routingOf(members: readonly NodeName[]): Routing {
  return { members, owners: (_hash, copies) => members.slice(0, copies) };
}

/** A node's side of the replication of a cache, by hand: what it sends, and the time. */
export function replicaOf(members: readonly NodeName[], copies: number, self = members[0]!) {
  const time = { now: 1_000 };
  const sent: PeerMessage[] = [];
  const bytesFrom = new Map<NodeName, number>();
  const wallTime = (): number => wallStart + time.now;
  const nothing = (): void => undefined;
  const observer = { changed: nothing, prolonged: nothing, evicted: nothing, expired: nothing };
  const context: ReplicaContext = {
    node: self,
    pid: pidOn(self),
    options: fullCacheOptions({ name: 'Cache', nodes: members, copies }),
    store: new Store({ tombstoneMs: 10_000, now: wallTime }, observer),
    clock: new HybridClock(wallTime),
    owners: new Owners(self, copies, routingOf(members)),
    log: { error: nothing } as unknown as ProcessLog,
    now: () => time.now,
    wallTime,
    send: (_to, message) => void sent.push(message),
    bytesFrom: (node) => bytesFrom.get(node) ?? 0,
    monitor: (whom) => `monitor of ${typeof whom === 'string' ? whom : whom.node}` as Ref,
    demonitor: nothing,
    soon: nothing,
  };
  const peers = new Peers(context, {
    joined: nothing,
    left: nothing,
    notThere: nothing,
    cleared: nothing,
    refused: nothing,
  });
  return { context, peers, sent, time, bytesFrom };
}

type Replica = ReturnType<typeof replicaOf>;

export function pidOn(node: NodeName): Pid {
  return `<${node}/1.0/1>` as Pid;
}

/** The server of another node greets, and is a peer from then on. */
export function meet({ peers, sent }: Replica, node: NodeName): Peer {
  peers.meet(node);
  const [, , greeting] = sent.at(-1) as ['cache:hello', Pid, Greeting];
  peers.hello(pidOn(node), { ...greeting, youPull: false });
  sent.length = 0;
  return peers.get(node)!;
}

/** It goes. */
export function lose({ peers }: Replica, { ref }: Peer): void {
  peers.down(ref);
}

/** An entry that was written so many milliseconds after the beginning. */
export function written(value: unknown, atMs = 1_000, origin = 'a@h'): Entry {
  return entryOf(value, stampAt(wallStart + atMs), origin, null);
}

/** Notes how a write has ended. */
export function noteEnd() {
  const ends: ('ok' | TrestleError)[] = [];
  const end: WriteEnd = {
    succeeded: () => void ends.push('ok'),
    failed: (error) => void ends.push(error),
  };
  return { end, ends };
}
