import type { LocalNode } from '../../node/local-node';
import type { Clock, ClockTimer } from '../../terms/clock';
import type { NodeName } from '../../terms/node-name';
import type { Pid } from '../../terms/pid';

/** A connection that is busy for less is nothing to worry about: a long message makes it so. */
const worthLoggingMs = 1_000;
/** It is in the log this often at most. */
const quietMs = 10_000;

/** What waits to leave by a connection. */
export interface Backlog {
  readonly bytes: number;
  /** Who waits to send, first come first. */
  readonly waiting: readonly Pid[];
}

/** Follows whether a connection is busy. */
export interface BusyWatch {
  /**
   * It has become busy.
   * @param backlog what waits at the time it is asked
   */
  busy(backlog: () => Backlog): void;
  /** It is no more, or it is lost. */
  free(): void;
}

/**
 * Tells, as events of the node, that the connection to a peer is busy and that it is no more; logs one that stays so.
 * (A peer whose event loop is blocked is another thing: see `net-ticker.ts`.)
 */
export class BusyDistPortWatch implements BusyWatch {
  private readonly clock: Clock;
  private busySince = 0;
  private loggedAt = -Infinity;
  private timer: ClockTimer | null = null;

  constructor(
    private readonly peer: NodeName,
    private readonly local: LocalNode,
  ) {
    this.clock = local.clock;
  }

  busy(backlog: () => Backlog): void {
    this.busySince = this.clock.now();
    this.timer = this.clock.setTimer(() => {
      this.log(backlog());
    }, worthLoggingMs);
    this.local.events.outflow({ type: 'busyDistPort', node: this.peer, ...backlog() });
  }

  free(): void {
    this.timer?.cancel();
    this.timer = null;
    const forMs = this.clock.now() - this.busySince;
    this.local.events.outflow({ type: 'freeDistPort', node: this.peer, forMs });
  }

  private log({ bytes, waiting }: Backlog): void {
    const now = this.clock.now();
    if (now - this.loggedAt < quietMs) return;
    this.loggedAt = now;
    const problem = `${String(bytes)} bytes wait to leave, and ${String(waiting.length)} senders`;
    const report = { type: 'connection', event: 'busyDistPort', peer: this.peer, problem } as const;
    this.local.log.report('warning', report);
  }
}
