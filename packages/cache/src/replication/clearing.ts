import type { Peers } from './peers';
import type { ReplicaContext } from './replica-context';

/**
 * That the whole cache was cleared, as a moment: what has an older version is gone, wherever it is and whenever it comes
 * back. The latest such moment is kept as long as deletions are, and told to every peer: at once, when two meet, and when
 * they compare.
 */
export class Clearing {
  constructor(
    private readonly context: ReplicaContext,
    private readonly peers: Peers,
  ) {}

  /** Clears, and has the others clear. @returns how many entries were removed here */
  clear(stamp: number): number {
    const isNew = stamp > this.context.store.clearedUntil;
    const removed = this.heard(stamp);
    const { context } = this;
    if (isNew)
      for (const { pid } of this.peers.all()) context.send(pid, ['cache:cleared', context.pid, stamp]);
    return removed;
  }

  /** The cache was cleared, as another node says. @returns how many entries were removed here */
  heard(stamp: number): number {
    const { clock, store } = this.context;
    // What is written here from now on is later.
    clock.observe(stamp);
    return store.clearUntil(stamp);
  }
}
