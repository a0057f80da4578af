import { DrainHolds } from '../../node/stop/drain-holds';
import type { LocalNode } from '../../node/local-node';
import type { ClockTimer } from '../../terms/clock';
import type { Peer } from './peer';

/** Milliseconds between two looks at what is in flight: a call should not pay for being counted. */
const lookEveryMs = 10;

/**
 * A node takes its leave: its peers are told, and when each of them knows, no call is in flight in either direction
 * and nothing on the node holds it, or the time is over, it may go.
 */
export class Drain {
  /** Those that have not said that they know: what they send may be on its way. */
  private readonly unaware = new Set<Peer>();
  private timer: ClockTimer | null = null;
  private endsAt: number;
  private resolve!: (isDone: boolean) => void;
  /** Whether everything in flight was finished in time. */
  readonly done: Promise<boolean>;

  constructor(
    private readonly local: LocalNode,
    private readonly peers: () => Iterable<Peer>,
    timeoutMs: number,
  ) {
    this.endsAt = local.clock.now() + timeoutMs;
    this.done = new Promise((resolve) => (this.resolve = resolve));
    for (const peer of peers()) this.announce(peer);
    this.look();
  }

  /** It is to end within so many milliseconds, unless it is to end sooner anyway. */
  hasten(timeoutMs: number): void {
    this.endsAt = Math.min(this.endsAt, this.local.clock.now() + timeoutMs);
    if (this.timer === null) return;
    this.timer.cancel();
    this.look();
  }

  /** Tells a peer, if it is connected. */
  announce(peer: Peer): void {
    if (peer.info === null) return;
    this.unaware.add(peer);
    peer.use().announceLeaving();
  }

  /** The peer knows. */
  seen(peer: Peer): void {
    this.unaware.delete(peer);
  }

  /** It does not matter any more: the node stops. */
  stop(): void {
    this.timer?.cancel();
    this.timer = null;
    this.resolve(false);
  }

  private readonly look = (): void => {
    this.timer = null;
    const { clock, attachments } = this.local;
    const isHeld = attachments.get(DrainHolds).isHeld();
    const isQuiet = !isHeld && [...this.peers()].every((peer) => this.isQuiet(peer));
    if (isQuiet || clock.now() >= this.endsAt) this.resolve(isQuiet);
    else this.timer = clock.setTimer(this.look, Math.min(lookEveryMs, this.endsAt - clock.now()));
  };

  private isQuiet(peer: Peer): boolean {
    if (peer.info === null || peer.connection === null) return true;
    return !this.unaware.has(peer) && !peer.connection.hasCalls;
  }
}
