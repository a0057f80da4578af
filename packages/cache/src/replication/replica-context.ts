import type { NodeName, Pid, ProcessLog, Ref } from '@trestle/runtime';
import type { FullCacheOptions } from '../terms/cache-options';
import type { Store } from '../store/store';
import type { HybridClock } from '../versions/hybrid-clock';
import type { Owners } from './owners';
import type { PeerMessage } from './peer-message';

/** What the parts of replication work on: the server they belong to. */
export interface ReplicaContext {
  readonly node: NodeName;
  readonly pid: Pid;
  readonly options: FullCacheOptions;
  readonly store: Store;
  readonly clock: HybridClock;
  readonly owners: Owners;
  readonly log: ProcessLog;
  /** Milliseconds from an arbitrary start. */
  now(): number;
  /** Milliseconds since 1970. */
  wallTime(): number;
  send(to: Pid | { readonly name: string; readonly node: NodeName }, message: PeerMessage): void;
  /** How many bytes have come over the connection to another node. */
  bytesFrom(node: NodeName): number;
  monitor(whom: Pid | { readonly name: string; readonly node: NodeName }): Ref;
  demonitor(ref: Ref): void;
  /** Has the server come back to this when it has handled what is in its mailbox now. */
  soon(what: 'flush' | 'count'): void;
}
