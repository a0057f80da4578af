import type { NodeName } from '@trestle/runtime';
import type { Handoff } from '../handoff/handoff';
import type { Peer, Peers } from '../peers';
import type { ReplicaContext } from '../replica-context';
import type { Digests } from './digests';
import type { Sync } from './sync';
import type { SyncSource } from './sync-source';

/** What comparisons are made with. */
export interface ComparisonParts {
  readonly sync: Sync;
  readonly source: SyncSource;
  readonly digests: Digests;
  readonly peers: Peers;
  readonly handoff: Handoff;
}

/**
 * When this node compares what it has with others: when it has become an owner, when members have come or gone, when it
 * meets somebody, and now and then, in case something was lost unnoticed.
 */
export class Comparisons {
  private nextRoundAt: number;
  /** Whether it has just become an owner, and has to copy what it owns now. */
  private joins = false;
  /** Members that were none before the last change, and have not been compared with since. */
  private newcomers: readonly NodeName[] = [];

  constructor(
    private readonly context: ReplicaContext,
    private readonly parts: ComparisonParts,
  ) {
    this.nextRoundAt = context.now() + context.options.syncEveryMs;
  }

  /** Whether it has what the others had when it met them. */
  get areDone(): boolean {
    return this.parts.sync.isIdle && !this.joins;
  }

  /** The members are others than before. */
  rerouted(before: readonly NodeName[], members: readonly NodeName[]): void {
    this.newcomers = members.filter((member) => !before.includes(member));
    this.joins = this.newcomers.includes(this.context.node);
  }

  /** It is known what is shared with whom, as the members are now. */
  counted(): void {
    const { sync, peers } = this.parts;
    sync.restart();
    if (this.joins) {
      for (const peer of peers.all()) sync.start(peer, 'joining');
      this.joins = false;
      return;
    }
    // Whoever is last to know of the change sees to it that all is compared with what it has now.
    for (const peer of peers.all()) {
      if (this.newcomers.includes(peer.node)) continue;
      if (this.compares(peer)) sync.start(peer, 'change');
      else this.context.send(peer.pid, ['cache:compare', this.context.pid]);
    }
  }

  /** Some time has passed. */
  look(): void {
    const { sync, peers, handoff } = this.parts;
    this.compareWithNewcomers();
    const now = this.context.now();
    // Who is about to go must not get back what it has given away.
    if (now < this.nextRoundAt || handoff.drains) return;
    this.nextRoundAt = now + this.context.options.syncEveryMs;
    for (const peer of peers.all()) if (this.compares(peer)) sync.start(peer, 'round');
  }

  /** When they have all that they ask for: if both sides compared at once, everything would travel twice. */
  private compareWithNewcomers(): void {
    const { sync, source, digests, peers, handoff } = this.parts;
    if (this.joins || digests.isCounting || handoff.drains) return;
    this.newcomers = this.newcomers.filter((newcomer) => {
      const peer = peers.get(newcomer);
      if (peer === undefined || source.isAskedBy(peer)) return true;
      sync.start(peer, 'change');
      return false;
    });
  }

  /** Of two nodes the one with the smaller name compares. */
  private compares({ node }: Peer): boolean {
    return this.context.node < node;
  }
}
