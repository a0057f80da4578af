import type { Timeout } from '../../terms/message';
import type { LocalProcess } from '../../process/local-process';
import type { Due, TimerQueue } from '../../process/timer-queue';
import { isSystemRequestNext } from '../sys/system-request';

/** What a server is told that no message has come for as long as it wanted to wait. */
export const timeout: Timeout = Object.freeze({ type: 'timeout' });

/** What a server that wanted to be idle does: it goes on to wait, or handles a message, or hears that time is over. */
export type Idleness = 'waits' | 'disturbed' | 'over';

/** Tells a server that no message has come for as long as it wanted to wait. OTP: `receive … after Timeout`. */
export class IdleTimer implements Due {
  dueAt = 0;
  order = 0;
  place = -1;
  /** Whether the time was over before a message came. */
  private hasFired = false;
  private isRunning = false;

  constructor(
    private readonly queue: TimerQueue,
    private readonly process: LocalProcess,
  ) {}

  /** Begins to wait, or waits on; with 0 the time is over at once, if no message waits. */
  wait(timeoutMs: number): Idleness {
    if (this.process.queueLength !== 0 && !this.hasFired) {
      this.stop();
      // A system request is none of the server's messages: when it is handled the wait begins anew.
      return isSystemRequestNext(this.process.mailbox) ? 'waits' : 'disturbed';
    }
    if (timeoutMs === 0 || this.hasFired) {
      this.stop();
      return 'over';
    }
    if (!this.isRunning) this.queue.add(this, timeoutMs);
    this.isRunning = true;
    return 'waits';
  }

  /** Waits no more. */
  stop(): void {
    if (this.isRunning) this.queue.remove(this);
    this.isRunning = this.hasFired = false;
  }

  fire(): void {
    this.isRunning = false;
    // A message that has come by now was in time, though it is not handled yet.
    if (!this.process.idle) return;
    this.hasFired = true;
    this.process.ready();
  }
}
