import type { NodeName } from '@trestle/runtime';
import type { Peer, Peers } from './peers';
import type { ReplicaContext } from './replica-context';

/** How long a peer may be silent, in ms, before what it has not answered counts as lost. */
const silentMs = 2_000;
/** How long it may take to answer, in ms, while something comes from it. */
const longestMs = 60_000;
/** A peer from which so many bytes have come in one go may send something large, and waits for an answer to it. */
const muchBytes = 4_096;

/**
 * How long peers are waited for. What is large travels for long: as long as bytes come from a peer it is at work, and
 * one that takes in much and has nothing to say yet says just that. So it is silence that is limited, not size.
 */
export class Patience {
  private readonly heard = new Map<NodeName, { readonly bytes: number; readonly at: number }>();
  /** How many bytes had come from a peer that was waited for in vain. */
  private readonly spent = new Map<NodeName, number>();
  private lookedAt: number;

  constructor(
    private readonly context: ReplicaContext,
    private readonly peers: Peers,
  ) {
    this.lookedAt = context.now();
  }

  /** Looks from whom something has come since the last time. */
  look(): void {
    const { context } = this;
    const now = context.now();
    // This node itself was held up: what has come meanwhile is not read yet.
    const wasHeldUp = now - this.lookedAt > silentMs;
    this.lookedAt = now;
    for (const { node, pid } of this.peers.all()) {
      const bytes = context.bytesFrom(node);
      const before = this.heard.get(node)?.bytes ?? bytes;
      if (bytes !== before || wasHeldUp || !this.heard.has(node)) this.heard.set(node, { bytes, at: now });
      if (bytes - before >= muchBytes) context.send(pid, ['cache:reading', context.pid]);
    }
  }

  /** Whether it is too late for an answer of a peer. @param askedAt when it was asked, by the node's clock */
  isOver({ node }: Peer, askedAt: number): boolean {
    const now = this.context.now();
    const silentSince = Math.max(askedAt, this.heard.get(node)?.at ?? 0);
    return now - silentSince > silentMs || now - askedAt > longestMs;
  }

  /** A peer has been waited for in vain. */
  spend({ node }: Peer): void {
    this.spent.set(node, this.context.bytesFrom(node));
  }

  /** Whether nothing has come from a peer since it was waited for in vain: nobody else need wait for it until then. */
  isSpent({ node }: Peer): boolean {
    const before = this.spent.get(node);
    if (before === undefined) return false;
    if (before === this.context.bytesFrom(node)) return true;
    this.spent.delete(node);
    return false;
  }

  left({ node }: Peer): void {
    this.heard.delete(node);
    this.spent.delete(node);
  }
}
